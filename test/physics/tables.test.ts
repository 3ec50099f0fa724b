import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { expOfMinus, logOfFraction } from "../../src/physics/tables";

const EXACT = 5e-16; // a few units in the last place

test("the logarithm is the library's, all over its range and outside", () => {
  const rng = createRng(1);
  const edges = [1, 0.25, 0.25 + 2 ** -54, 1 - 2 ** -53, 0.5, 1e-300, 3, 1e300];
  for (const x of [...edges, ...Array.from({ length: 20_000 }, () => rng.uniform())]) {
    assert.ok(Math.abs(logOfFraction(x) - Math.log(x)) <= EXACT * Math.max(1, Math.abs(Math.log(x))), `x ${x}`);
  }
  for (const x of [0, -1, NaN, Infinity]) assert.equal(logOfFraction(x), Math.log(x));
});

test("the exponential is the library's, all over its range and outside", () => {
  const rng = createRng(2);
  const edges = [0, 1 / 64, 1 / 32, 32 - 2 ** -48, 32, 700, 1e9, 1e-300, -3];
  for (const x of [...edges, ...Array.from({ length: 20_000 }, () => 40 * rng.uniform())]) {
    assert.ok(Math.abs(expOfMinus(x) - Math.exp(-x)) <= 2 * EXACT * Math.exp(-x), `x ${x}`);
  }
  for (const x of [NaN, Infinity, -Infinity]) assert.equal(expOfMinus(x), Math.exp(-x));
});
