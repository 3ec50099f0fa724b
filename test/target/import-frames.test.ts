import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { hydrogenGroups } from "../../src/coords/hydrogens";
import { createRng, type Rng } from "../../src/numerics/random";
import { importFrames } from "../../src/target/import-frames";
import { loadSystem } from "../../src/target/molecule";
import { loadReference, SIMULATED, SYSTEMS } from "../coords/reference";
import { TOLERANCE } from "../tolerances";

/** A random rotation and shift of a structure. */
function moved(xyz: Float64Array, rng: Rng): Float64Array {
  const q = [0, 1, 2, 3].map(() => rng.normal());
  const norm = Math.hypot(...q);
  const [w, a, b, c] = q.map((value) => value / norm) as [number, number, number, number];
  const rotation = [
    [1 - 2 * (b * b + c * c), 2 * (a * b - c * w), 2 * (a * c + b * w)],
    [2 * (a * b + c * w), 1 - 2 * (a * a + c * c), 2 * (b * c - a * w)],
    [2 * (a * c - b * w), 2 * (b * c + a * w), 1 - 2 * (a * a + b * b)],
  ];
  const shift = [0, 1, 2].map(() => rng.normal());
  return xyz.map((_, k) => {
    const at = k - (k % 3);
    return shift[k % 3]! + rotation[k % 3]!.reduce((sum, r, j) => sum + r * xyz[at + j]!, 0);
  });
}

/** Puts the atom that stood at `from[k]` to `to[k]`. */
function rearranged(xyz: Float64Array, to: readonly number[], from: readonly number[]): Float64Array {
  const result = xyz.slice();
  to.forEach((atom, k) => result.set(xyz.subarray(3 * from[k]!, 3 * from[k]! + 3), 3 * atom));
  return result;
}

function shuffled(items: readonly number[], rng: Rng): number[] {
  const left = [...items];
  return items.map(() => left.splice(rng.integer(left.length), 1)[0]!);
}

for (const system of SYSTEMS) {
  const molecule = loadSystem(system);
  const { spec, conformations } = loadReference(system);
  const { channels, dof, toScaled } = createCoordinates(spec);
  const atoms = molecule.topology.atoms.length;
  const frames = conformations.slice(0, SIMULATED).map(({ xyz }) => xyz);
  const array = (list: readonly Float64Array[]): { shape: number[]; data: Float64Array } => {
    const data = new Float64Array(list.length * 3 * atoms);
    list.forEach((xyz, k) => data.set(xyz, k * 3 * atoms));
    return { shape: [list.length, atoms, 3], data };
  };
  const x = (list: readonly Float64Array[]): Float32Array => importFrames(molecule, array(list)).x;
  const original = x(frames);
  /** The largest difference, torsions around the circle. */
  const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let largest = 0;
    for (let k = 0; k < a.length; k++) {
      const difference = Math.abs(a[k]! - b[k]!);
      largest = Math.max(largest, channels[k % dof] === "torsion" ? Math.min(difference, 1 - difference) : difference);
    }
    return largest;
  };
  const alone = (xyz: Float64Array): Float64Array => {
    const point = new Float64Array(dof);
    toScaled(xyz, point);
    return point;
  };

  test(`${system}: simulated frames come in as they are, with the log-det of bgflow`, () => {
    const { n, logDet, report } = importFrames(molecule, array(frames));
    const dropped = { mirrored: 0, hydrogens: 0, outside: 0 };
    assert.deepEqual(report, { frames: SIMULATED, kept: SIMULATED, exchanged: 0, ...dropped });
    assert.equal(n, SIMULATED);
    const fixedScale = logDet[0]! - conformations[0]!.logDetToCartesian; // that of x against q, the same for all
    const tolerance = spec.constrained.length > 0 ? 1e-3 : TOLERANCE.coordinate; // the simulation strays from its constraints
    conformations.slice(0, SIMULATED).forEach(({ logDetToCartesian }, k) => {
      assert.ok(Math.abs(logDet[k]! - logDetToCartesian - fixedScale) < tolerance, `${k}`);
    });
    const flat = importFrames(molecule, { shape: [SIMULATED, 3 * atoms], data: array(frames).data });
    assert.deepEqual(flat.x, original);
  });

  test(`${system}: rotations and shifts do not show`, () => {
    const rng = createRng(1);
    const distance = apart(x(frames.map((xyz) => moved(xyz, rng))), original);
    assert.ok(distance < 1e-6, `seed 1: ${distance}`);
  });

  test(`${system}: exchanged hydrogens of any group come back, a CH3 up to a turn by a third`, () => {
    const rng = createRng(2);
    const groups = hydrogenGroups(molecule.topology, spec);
    assert.ok(groups.some(({ atoms: members }) => members.length === 3));
    for (let round = 0; round < 200; round++) {
      const xyz = frames[rng.integer(frames.length)]!;
      const { atoms: members } = groups[rng.integer(groups.length)]!;
      const order = shuffled(members, rng);
      const imported = x([moved(rearranged(xyz, members, order), rng)]);
      const turns = members.length === 3 ? [0, 1, 2] : [0];
      const candidates = turns.map((turn) => {
        const turned = members.map((_, k) => members[(k + turn) % members.length]!);
        return apart(imported, alone(rearranged(xyz, members, turned)));
      });
      assert.ok(Math.min(...candidates) < 1e-6, `seed 2, round ${round}: ${candidates.join(", ")}`);
    }
    const { atoms: members } = groups[0]!;
    const swapped = frames.map((xyz) => rearranged(xyz, members, [members[1]!, members[0]!, ...members.slice(2)]));
    const { x: back, report } = importFrames(molecule, array(swapped));
    assert.equal(report.exchanged, SIMULATED);
    assert.deepEqual(back, original);
  });

  test(`${system}: any order of atoms is undone by its list`, () => {
    const rng = createRng(3);
    const order = shuffled([...Array(atoms).keys()], rng);
    const stored = frames.map((xyz) => rearranged(xyz, order, [...Array(atoms).keys()]));
    assert.deepEqual(importFrames(molecule, array(stored), { order }).x, original);
    assert.throws(
      () => importFrames(molecule, array(stored)),
      /mismatched atoms \(got .* nm on average between bonded/,
    );
  });

  test(`${system}: a mirrored molecule is refused`, () => {
    const mirrored = frames.map((xyz) => xyz.map((value, k) => (k % 3 === 1 ? -value : value)));
    assert.throws(
      () => importFrames(molecule, array(mirrored), { name: "mirror.npy" }),
      /importFrames mirror\.npy: mismatched chirality \(got 48 of 48 frames\).*mirrored \(D for L\)/,
    );
  });

  test(`${system}: wrong unit, shape, numbers and order are refused`, () => {
    const { shape, data } = array(frames);
    assert.throws(() => importFrames(molecule, { shape, data: data.map((v) => 10 * v) }), /invalid unit .*Angstrom\), expected nm; divide by 10/); // prettier-ignore
    assert.throws(() => importFrames(molecule, { shape: [atoms, SIMULATED, 3], data }), /mismatched shape \(got \[/);
    assert.throws(() => importFrames(molecule, { shape: [data.length], data }), /mismatched shape/);
    const broken = data.slice();
    broken[3 * atoms * 2 + 5] = NaN;
    assert.throws(
      () => importFrames(molecule, { shape, data: broken }),
      /got NaN or Infinity 1 times, first in frame 2/,
    );
    assert.throws(
      () => importFrames(molecule, { shape, data }, { order: [0, 0, 1] }),
      /invalid order of atoms \(got 3/,
    );
  });

  test(`${system}: no frames give no points`, () => {
    const { n, report } = importFrames(molecule, { shape: [0, atoms, 3], data: new Float64Array(0) });
    assert.deepEqual([n, report.kept], [0, 0]);
  });
}

test("a bond that should be constrained and is not is named", () => {
  const { conformations, spec } = loadReference("tetra");
  const xyz = conformations[0]!.xyz.slice();
  const [hydrogen, heavy] = spec.bonds[spec.constrained[0]!.bond]!;
  for (let k = 0; k < 3; k++) xyz[3 * hydrogen + k]! += 0.02 * (xyz[3 * hydrogen + k]! - xyz[3 * heavy + k]!);
  const array = { shape: [1, xyz.length / 3, 3], data: xyz };
  assert.throws(
    () => importFrames(loadSystem("tetra"), array),
    /mismatched constraint \(got 0\.1\d+ nm between .* in frame 0/,
  );
});

test("a few frames out of range are dropped and counted, many are refused", () => {
  const molecule = loadSystem("aldp");
  const xyz = loadReference("aldp").conformations[0]!.xyz;
  const torn = xyz.slice();
  for (let k = 0; k < 3; k++) torn[3 * 5 + k]! += xyz[3 * 5 + k]! - xyz[3 * 4 + k]!; // the oxygen of ACE twice as far away
  const mixture = (broken: number): { shape: number[]; data: Float64Array } => {
    const data = new Float64Array(300 * xyz.length);
    for (let k = 0; k < 300; k++) data.set(k % 100 < broken && k < 200 ? torn : xyz, k * xyz.length);
    return { shape: [300, 22, 3], data };
  };
  const { n, report } = importFrames(molecule, mixture(1));
  assert.deepEqual([n, report.outside, report.kept], [298, 2, 298]);
  assert.throws(() => importFrames(molecule, mixture(3)), /invalid bonds or angles \(got 6 of 300 frames\)/);
});
