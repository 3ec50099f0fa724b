import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlacement } from "../../src/coords/placement";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { differences, distance, relativeDistance } from "./compare";
import { numericLogDet } from "./jacobian";
import { loadReference, SYSTEMS } from "./reference";

for (const system of SYSTEMS) {
  const { plan, conformations } = loadReference(system);

  test(`${system}: every conformation is placed where bgflow places it, with its log-det`, () => {
    const placement = createPlacement(plan);
    const xyz = new Float64Array(3 * plan.atoms);
    for (const { q, fixedFrame, logDetToCartesian } of conformations) {
      assert.ok(Math.abs(placement.place(q, xyz) - logDetToCartesian) < TOLERANCE.coordinate);
      assert.ok(distance(xyz, fixedFrame) < TOLERANCE.coordinate);
    }
  });

  test(`${system}: the log-det is that of a numerically differentiated placement`, () => {
    const placement = createPlacement(plan);
    for (const { q } of [conformations[0]!, conformations[60]!]) {
      const logDet = placement.place(q, new Float64Array(3 * plan.atoms));
      assert.ok(Math.abs(logDet - numericLogDet(plan, q)) < TOLERANCE.difference);
    }
  });

  test(`${system}: the reverse pass is the transposed numerical Jacobian, clashing structures included`, () => {
    const placement = createPlacement(plan);
    const rng = createRng(7);
    for (const { q } of [conformations[0]!, conformations[30]!, conformations[60]!]) {
      const xyz = new Float64Array(3 * plan.atoms);
      const gradXyz = xyz.map(() => rng.normal());
      const jacobian = differences((moved) => {
        placement.place(moved, xyz);
        return xyz;
      }, q);
      const expected = jacobian.map((row) => row.reduce((sum, value, i) => sum + value * gradXyz[i]!, 0));
      const gradQ = new Float64Array(q.length).fill(NaN);
      placement.place(q, xyz);
      placement.pullback(gradXyz, gradQ);
      assert.ok(relativeDistance(gradQ, expected) < TOLERANCE.difference);
    }
  });

  test(`${system}: the gradient of the log-det agrees with its differences`, () => {
    const placement = createPlacement(plan);
    const xyz = new Float64Array(3 * plan.atoms);
    const { q } = conformations[30]!;
    const expected = differences((moved) => [placement.place(moved, xyz)], q).map((row) => row[0]!);
    const gradQ = new Float64Array(q.length).fill(NaN);
    placement.place(q, xyz);
    placement.logDetGradient(gradQ);
    assert.ok(relativeDistance(gradQ, expected) < TOLERANCE.difference);
  });
}

test("a bond below zero or an angle outside (0, pi) has no log-det but finite positions", () => {
  const { plan, conformations } = loadReference("aldp");
  const placement = createPlacement(plan);
  const xyz = new Float64Array(3 * plan.atoms);
  const values = [
    [3, -0.1],
    [plan.frameValues[0], -0.1],
    [plan.frameValues[2], 1.1],
    [plan.bonds + 5, -0.1],
    [plan.bonds + 5, 1.1],
    [plan.bonds + 5, 2.5],
  ] as const;
  for (const [k, value] of values) {
    const q = conformations[0]!.q.slice();
    q[k] = value;
    assert.ok(Number.isNaN(placement.place(q, xyz)), `q[${k}] = ${value}`);
    assert.ok(xyz.every(Number.isFinite));
  }
});

test("the seam of a torsion is invisible: 0 and 1 place the same structure", () => {
  const { plan, conformations } = loadReference("aldp");
  const placement = createPlacement(plan);
  const [low, high] = [0, 1].map((value) => {
    const q = conformations[0]!.q.slice();
    q[plan.bonds + plan.angles + 4] = value;
    const xyz = new Float64Array(3 * plan.atoms);
    placement.place(q, xyz);
    return xyz;
  });
  assert.ok(distance(low!, high!) < TOLERANCE.f64);
});
