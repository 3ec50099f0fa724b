import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOf, minimumFrame, moleculeDrawing } from "../../src/notebook/molecule";
import { columnsOf, findColumns } from "../../src/notebook/columns";
import { principalView } from "../../src/notebook/principal-view";
import { readNpy } from "../../src/io/npy";
import { dataPath } from "../../src/io/paths";
import { createRng } from "../../src/numerics/random";
import { loadSystem } from "../../src/target/molecule";
import { TOLERANCE } from "../tolerances";

const aldp = loadSystem("aldp");

const distance = (xyz: ArrayLike<number>, i: number, j: number): number =>
  Math.hypot(...[0, 1, 2].map((axis) => xyz[3 * i + axis]! - xyz[3 * j + axis]!));

test("the minimum has the distances of the stored one", () => {
  const stored = readNpy(dataPath("aldp", "minimum.npy")).data as Float64Array;
  const frame = minimumFrame(aldp);
  for (let i = 0; i < 22; i++) {
    // The stored structure keeps the constrained bonds to the tolerance of the program that wrote it.
    for (let j = 0; j < i; j++) assert.ok(Math.abs(distance(frame, i, j) - distance(stored, i, j)) < 1e-5, `${i}-${j}`);
  }
});

test("a view keeps all distances and the handedness, and spreads the molecule over the picture", () => {
  const frame = minimumFrame(aldp);
  const view = principalView(frame, 0.3);
  for (const [i, j] of aldp.topology.bonds)
    assert.ok(Math.abs(distance(view, i, j) - distance(frame, i, j)) < TOLERANCE.f64);
  const volume = (xyz: ArrayLike<number>): number => {
    const [a, b, c] = [1, 7, 15].map((atom) => [0, 1, 2].map((axis) => xyz[3 * atom + axis]! - xyz[axis]!));
    return (
      a![0]! * (b![1]! * c![2]! - b![2]! * c![1]!) -
      a![1]! * (b![0]! * c![2]! - b![2]! * c![0]!) +
      a![2]! * (b![0]! * c![1]! - b![1]! * c![0]!)
    );
  };
  assert.ok(Math.abs(volume(view) - volume(frame)) < TOLERANCE.f64);
  const still = principalView(frame);
  const spread = [0, 1, 2].map((axis) =>
    Array.from({ length: 22 }, (_, i) => still[3 * i + axis]! ** 2).reduce((a, b) => a + b),
  );
  assert.ok(spread[0]! > spread[1]! && spread[1]! > spread[2]!, String(spread));
});

test("a drawing has two halves of a stick for every bond of every frame", () => {
  const xyz = minimumFrame(aldp);
  const { svg, description } = moleculeDrawing(aldp, { frames: [{ xyz, title: "a < b" }, { xyz }] });
  assert.equal(svg.match(/stroke-linecap="round"/g)?.length, 2 * 2 * aldp.topology.bonds.length);
  assert.match(svg, /a &lt; b/);
  assert.equal(description, "aldp, 22 atoms, 2 frames");
});

test("a frame of another molecule and a row that does not exist are refused", () => {
  assert.throws(
    () => moleculeDrawing(aldp, { frames: [{ xyz: [0, 0, 0] }] }),
    /mismatched frame \(got 3 numbers\), expected 3 \* 22/,
  );
  const samples = { n: 1, dof: 60, x: new Float32Array(60) };
  assert.throws(() => framesOf(aldp, samples, [1]), /framesOf: unknown sample \(got 1\)/);
});

test("columns are what is measured on the frames of the samples", () => {
  const rng = createRng(5);
  const x = Float32Array.from({ length: 3 * 60 }, () => 0.4 + 0.2 * rng.uniform());
  const samples = { n: 3, dof: 60, x };
  const frames = framesOf(aldp, samples, [0, 1, 2]);
  const { bonds, constrained } = aldp.coordinates;
  const free = bonds.filter((_, k) => !constrained.some(({ bond }) => bond === k));
  const columns = columnsOf(aldp);
  free.forEach(([i, j], k) => {
    const values = columns[k]!.values(samples);
    frames.forEach((frame, row) => assert.ok(Math.abs(values[row]! - distance(frame, i, j)) < TOLERANCE.f64));
  });
  const phi = findColumns(aldp, ["φ"])[0]!.values(samples);
  const [a, b, c, d] = aldp.coordinates.torsions[aldp.ramachandran[0]![0]]!;
  frames.forEach((frame, row) => assert.ok(Math.abs(phi[row]! - torsionOf(frame, [a, b, c, d])) < 1e-6)); // x is f32
});

test("a coordinate that is not there is named with some that are", () => {
  assert.throws(() => findColumns(aldp, ["angle X"]), /findColumns: unknown coordinate \(got "angle X"\), .* angle /);
});

/** Degrees, by the two planes' normals (IUPAC sign). */
function torsionOf(xyz: ArrayLike<number>, [a, b, c, d]: readonly [number, number, number, number]): number {
  const vector = (i: number, j: number): number[] => [0, 1, 2].map((axis) => xyz[3 * j + axis]! - xyz[3 * i + axis]!);
  const cross = (p: number[], q: number[]): number[] =>
    [0, 1, 2].map((k) => p[(k + 1) % 3]! * q[(k + 2) % 3]! - p[(k + 2) % 3]! * q[(k + 1) % 3]!);
  const dot = (p: number[], q: number[]): number => p.reduce((sum, value, k) => sum + value * q[k]!, 0);
  const [ab, bc, cd] = [vector(a, b), vector(b, c), vector(c, d)];
  const [n1, n2] = [cross(ab, bc), cross(bc, cd)];
  return (Math.atan2(dot(cross(n1, n2), bc) / Math.hypot(...bc), dot(n1, n2)) * 180) / Math.PI;
}
