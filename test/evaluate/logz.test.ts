import assert from "node:assert/strict";
import { test } from "node:test";
import { blockEstimate, elbo, estimateLogZ, meanEstimate, populationLogZ } from "../../src/evaluate/logz";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

/** Log weights of q = N(0, 1) against p~ = exp(level) N(shift, 1): level + shift z - shift^2 / 2. */
function gaussianWeights(n: number, seed: number, { level = -175, shift = 0.5 } = {}): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: n }, () => level + shift * rng.normal() - (shift * shift) / 2);
}

test("no sample has no log Z, and one has no error", () => {
  assert.ok(Number.isNaN(estimateLogZ([], createRng(0)).value));
  const one = estimateLogZ([-3], createRng(0));
  assert.equal(one.value, -3);
  assert.ok(Number.isNaN(one.error));
});

test("weights without spread give log Z without error", () => {
  const { value, error } = estimateLogZ(new Float64Array(5000).fill(-333), createRng(0));
  assert.ok(Math.abs(value + 333) < TOLERANCE.f64 && error < TOLERANCE.f64);
});

test("log Z and the ELBO of shifted Gaussians lie within their errors of the closed form", () => {
  const weights = gaussianWeights(20000, 1);
  const { value, error } = estimateLogZ(weights, createRng(2));
  assert.ok(Math.abs(value + 175) < 4 * error, `${value} +- ${error}`);
  const { all } = elbo(weights);
  assert.ok(Math.abs(all.value - (-175 - 0.125)) < 4 * all.error, `${all.value} +- ${all.error}`);
});

test("the bootstrap error is the one of the delta method, whatever the number of samples", () => {
  for (const n of [300, 1500, 30000]) {
    const { error } = estimateLogZ(gaussianWeights(n, 3), createRng(4), { resamples: 2000 });
    const exact = Math.sqrt((Math.exp(0.25) - 1) / n); // relative standard deviation of w over sqrt(n)
    assert.ok(Math.abs(error / exact - 1) < 0.15, `n = ${n}: ${error} against ${exact}`);
  }
});

test("invalid samples count as zero weight", () => {
  const half = Float64Array.of(-2, -Infinity, -2, -Infinity);
  assert.ok(Math.abs(estimateLogZ(half, createRng(0)).value - (-2 - Math.LN2)) < TOLERANCE.f64);
});

test("the ELBO is given with and without the tail", () => {
  const weights = [-1, -3, -1e8, -Infinity, NaN];
  const { all, core, excluded } = elbo(weights.slice(0, 4), (i) => weights[i]! < -1e7);
  assert.deepEqual([all.value, core.value, excluded], [-Infinity, -2, 2]);
  assert.ok(Number.isNaN(elbo(weights).all.value));
  assert.equal(elbo(weights).excluded, 2);
});

test("a mean comes with its standard error", () => {
  assert.deepEqual(meanEstimate([1, 2, 3, 4]), { value: 2.5, error: Math.sqrt(5 / 3 / 4) });
  assert.ok(Number.isNaN(meanEstimate([7]).error) && Number.isNaN(meanEstimate([]).value));
});

test("a mean of correlated values has the error of the closed form", () => {
  // y' = a y + sqrt(1 - a^2) noise: the variance of the mean is (1 + a) / (1 - a) / n.
  const rng = createRng(5);
  const a = 0.9;
  let y = rng.normal();
  const values = Float64Array.from({ length: 200_000 }, () => (y = a * y + Math.sqrt(1 - a * a) * rng.normal()));
  const { value, error } = blockEstimate(values, { blocks: 200 });
  const exact = Math.sqrt((1 + a) / (1 - a) / values.length);
  assert.ok(Math.abs(error / exact - 1) < 0.2, `${error} against ${exact}`); // 4 times 1 / sqrt(2 * 200)
  assert.ok(Math.abs(value) < 4 * exact);
  assert.ok(Number.isNaN(blockEstimate(values.subarray(0, 3)).error));
});

test("copies within a population do not pass for knowledge: the error is that of the populations' means", () => {
  const means = [-1, -2, -1.5, -1.2];
  const copied = Float64Array.from({ length: 400 }, (_, i) => means[Math.floor(i / 100)]!);
  const { value, error } = populationLogZ(copied, 4);
  const few = populationLogZ(means, 4);
  assert.ok(Math.abs(value - few.value) < TOLERANCE.f64 && Math.abs(error - few.error) < TOLERANCE.f64);
  // Of independent samples it is the bootstrap's.
  const weights = gaussianWeights(20_000, 5);
  const ratio = populationLogZ(weights, 200).error / estimateLogZ(weights, createRng(0)).error;
  assert.ok(Math.abs(ratio - 1) < 0.2, `${ratio}`);
});
