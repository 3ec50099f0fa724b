import assert from "node:assert/strict";
import { test } from "node:test";
import { createNeck } from "../../src/physics/neck";
import { TOLERANCE } from "../tolerances";

// Two kinds: the table is not symmetric, as GBn's is not.
const DATA = {
  kinds: [0, 1],
  size: 2,
  places: [0.2, 0.25, 0.3, 0.35],
  heights: [0.1, 0.2, 0.3, 0.4],
  reach: 0.1,
  square: 100,
  sixth: 3e5,
  offset: 0.01,
};
const INNER = Float64Array.of(0.1, 0.12);

test("a neck has its height at its place, falls off on both sides, and ends where no solvent is kept out", () => {
  const neck = createNeck(DATA, INNER);
  assert.equal(neck.gain(0, 1, 0.3), 0.3); // of kinds (0, 1) at [0 + 2 * 1]
  assert.equal(neck.gain(1, 0, 0.25), 0.2);
  assert.ok(Math.abs(neck.gain(0, 1, 0.32) - 0.3 / (1 + 100 * 0.02 ** 2 + 3e5 * 0.02 ** 6)) < TOLERANCE.f64);
  const end = 0.1 + 0.12 + 2 * 0.01 + 0.1;
  assert.ok(neck.gain(0, 1, end - 1e-9) > 0);
  assert.equal(neck.gain(0, 1, end + 1e-9), 0);
  assert.equal(neck.slope, 0);
});

test("its slope is the derivative", () => {
  const neck = createNeck(DATA, INNER);
  for (const r of [0.05, 0.22, 0.25, 0.31]) {
    const numeric = (neck.gain(1, 0, r + 1e-6) - neck.gain(1, 0, r - 1e-6)) / 2e-6;
    neck.gain(1, 0, r);
    assert.ok(Math.abs(neck.slope - numeric) < TOLERANCE.difference * 10, `r ${r}: ${neck.slope}, ${numeric}`);
  }
});
