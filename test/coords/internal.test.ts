import assert from "node:assert/strict";
import { test } from "node:test";
import { createInternal, internalCoordinates } from "../../src/coords/internal";
import { createPlacement } from "../../src/coords/placement";
import { TOLERANCE } from "../tolerances";
import { distance } from "./compare";
import { loadReference, SYSTEMS } from "./reference";

for (const system of SYSTEMS) {
  const { spec, plan, conformations } = loadReference(system);

  test(`${system}: internal coordinates and log-det of every conformation agree with bgflow`, () => {
    const toInternal = createInternal(plan);
    const q = new Float64Array(conformations[0]!.q.length);
    for (const conformation of conformations) {
      assert.ok(Math.abs(toInternal(conformation.xyz, q) - conformation.logDetToInternal) < TOLERANCE.coordinate);
      assert.ok(distance(q, conformation.q) < TOLERANCE.coordinate);
    }
  });

  test(`${system}: placing and reading back is the identity, and the log-dets cancel`, () => {
    const placement = createPlacement(plan);
    const toInternal = createInternal(plan);
    const xyz = new Float64Array(3 * plan.atoms);
    for (const { q } of conformations) {
      const back = new Float64Array(q.length);
      const sum = placement.place(q, xyz) + toInternal(xyz, back);
      assert.ok(Math.abs(sum) < TOLERANCE.f64);
      assert.ok(distance(back, q) < TOLERANCE.f64);
    }
  });

  test(`${system}: the plain-data form holds bonds, angles and torsions in the order of the spec`, () => {
    const { q, xyz } = conformations[0]!;
    const { bonds, angles, torsions } = internalCoordinates(plan, xyz);
    assert.deepEqual([bonds.length, angles.length], [spec.bonds.length, spec.angles.length]);
    assert.ok(distance([...bonds, ...angles, ...torsions], q) < TOLERANCE.coordinate);
  });
}

test("position and orientation of a structure do not matter", () => {
  const { plan, conformations } = loadReference("aldp");
  const toInternal = createInternal(plan);
  const { xyz } = conformations[0]!;
  const moved = xyz.map((_, i) => [-xyz[i]! + 3, -xyz[i]! - 7, xyz[i]! + 0.5][i % 3]!);
  const [q, movedQ] = [new Float64Array(60), new Float64Array(60)];
  assert.ok(Math.abs(toInternal(xyz, q) - toInternal(moved, movedQ)) < TOLERANCE.f64);
  assert.ok(distance(q, movedQ) < TOLERANCE.f64);
});

test("a mirror image has the same bonds and angles, and its torsions reversed", () => {
  const { plan, conformations } = loadReference("aldp");
  const [q, mirrored] = [new Float64Array(60), new Float64Array(60)];
  const toInternal = createInternal(plan);
  toInternal(conformations[0]!.xyz, q);
  toInternal(
    conformations[0]!.xyz.map((value, i) => (i % 3 === 0 ? -value : value)),
    mirrored,
  );
  const torsions = plan.bonds + plan.angles;
  const expected = q.map((value, k) => (k < torsions ? value : 1 - value));
  assert.ok(distance(mirrored, expected) < TOLERANCE.f64);
});
