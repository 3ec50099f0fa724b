import assert from "node:assert/strict";
import { test } from "node:test";
import { expScaled, logMeanExp, logSumExp } from "../../src/numerics/logsumexp";
import { TOLERANCE } from "../tolerances";

test("nothing sums to zero and has no mean", () => {
  assert.equal(logSumExp([]), -Infinity);
  assert.ok(Number.isNaN(logMeanExp([])));
});

test("one value is its own sum and mean, exactly", () => {
  for (const value of [0, -1234.5, 1e300]) assert.deepEqual([logSumExp([value]), logMeanExp([value])], [value, value]);
});

test("sums of powers agree with the closed form, far beyond what exp can hold", () => {
  const values = Float64Array.from({ length: 50 }, (_, k) => k * Math.LN2); // 1 + 2 + ... + 2^49 = 2^50 - 1
  for (const shift of [0, 5000, -5000]) {
    const sum = logSumExp(values.map((v) => v + shift));
    assert.ok(Math.abs(sum - shift - Math.log(2 ** 50 - 1)) < TOLERANCE.f64);
    assert.ok(Math.abs(logMeanExp(values.map((v) => v + shift)) - (sum - Math.log(50))) < TOLERANCE.f64);
  }
});

test("what is not finite follows the rule of the file", () => {
  assert.equal(logSumExp([-Infinity, 0, -Infinity]), 0);
  assert.equal(logSumExp([-Infinity, -Infinity]), -Infinity);
  assert.equal(logMeanExp([-Infinity, 0]), -Math.LN2);
  assert.equal(logSumExp([0, Infinity, -Infinity]), Infinity);
  for (const values of [[NaN], [0, NaN], [NaN, Infinity], [Infinity, NaN]]) assert.ok(Number.isNaN(logSumExp(values)));
});

test("scaled exponentials keep ratios, whatever the shift, and are zeros where nothing is above zero", () => {
  for (const shift of [0, 5000, -5000]) {
    assert.deepEqual([...expScaled([shift - Infinity, shift, shift - 2])], [0, 1, Math.exp(-2)]);
  }
  assert.deepEqual([...expScaled([-Infinity, -Infinity])], [0, 0]);
  assert.equal(expScaled([]).length, 0);
});
