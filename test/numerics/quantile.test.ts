import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile } from "../../src/numerics/quantile";

test("of 101 values in any order the share k % is the k-th", () => {
  const values = Float64Array.from({ length: 101 }, (_, k) => (37 * k) % 101);
  for (const k of [0, 5, 50, 99, 100]) assert.equal(quantile(values, k / 100), k);
});

test("what is not finite is left out, and of nothing there is no quantile", () => {
  assert.equal(quantile([NaN, 3, Infinity, 1, 2, -Infinity], 0.5), 2);
  assert.ok(Number.isNaN(quantile([NaN], 0.5)));
});
