import assert from "node:assert/strict";
import { test } from "node:test";
import { createDihedrals } from "../../src/physics/dihedral";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";

test("dihedrals are those of IUPAC: looking along the middle bond, clockwise is positive", () => {
  const dihedrals = createDihedrals(Int32Array.of(0, 3, 6, 9, 9, 6, 3, 0));
  for (const phi of [-3, -1, 0, 0.4, 2.9]) {
    dihedrals.measure(Float64Array.of(0.1, 0, 0, 0, 0, 0, 0, 0, 0.15, 0.1 * Math.cos(phi), 0.1 * Math.sin(phi), 0.2));
    for (const t of [0, 1]) {
      assert.ok(Math.abs(dihedrals.cosine[t]! - Math.cos(phi)) < TOLERANCE.f64);
      assert.ok(Math.abs(dihedrals.sine[t]! - Math.sin(phi)) < TOLERANCE.f64); // the same read backwards
    }
  }
});

test("what is spread is the derivative of the angle, and adds up over angles on shared atoms", () => {
  const dihedrals = createDihedrals(Int32Array.of(0, 3, 6, 9, 3, 6, 9, 12));
  const term = {
    name: "two angles",
    evaluate(xyz: Float64Array, gradient: Float64Array | null): number {
      dihedrals.measure(xyz);
      const [a, b] = [0, 1].map((t) => Math.atan2(dihedrals.sine[t]!, dihedrals.cosine[t]!)) as [number, number];
      if (gradient) dihedrals.spread(0, Math.cos(a), gradient);
      if (gradient) dihedrals.spread(1, -2 * Math.sin(b), gradient);
      return Math.sin(a) + 2 * Math.cos(b);
    },
  };
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(5, 0.1, seed), `seed ${seed}`);
});

test("three atoms in line have the angle 0 and no direction to turn in", () => {
  const dihedrals = createDihedrals(Int32Array.of(0, 3, 6, 9));
  dihedrals.measure(Float64Array.of(0, 0, 0, 0.1, 0, 0, 0.2, 0, 0, 0.2, 0.1, 0));
  assert.deepEqual([dihedrals.cosine[0], dihedrals.sine[0]], [1, 0]);
  const gradient = new Float64Array(12);
  dihedrals.spread(0, 5, gradient);
  assert.deepEqual(gradient, new Float64Array(12));
});
