import assert from "node:assert/strict";
import { test } from "node:test";
import { samplingTv, totalVariation } from "../../src/evaluate/divergence";
import { histogram1d, type Histogram } from "../../src/numerics/histogram";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

const axis = (bins: number) => ({ low: 0, high: bins, bins });
const histogram = (weights: readonly number[]): Histogram => ({
  axes: [axis(weights.length)],
  weights: Float64Array.from(weights),
  dropped: 0,
});

test("exact samples are as far from their own density as closed forms say", () => {
  const near = (got: number, expected: number): void =>
    assert.ok(Math.abs(got - expected) < TOLERANCE.f64, `${got} against ${expected}`);
  near(samplingTv(histogram([3, 3]), 1), 1 / 2); // the other half is empty
  near(samplingTv(histogram([1, 1]), 2), 1 / 4); // 1/2 with both in one half, else 0
  near(samplingTv(histogram([1, 2, 1, 0]), 1), 5 / 8); // 1 - p, by p
  assert.equal(samplingTv(histogram([0, 7]), 5), 0);
});

test("and as samples that are drawn", () => {
  const weights = Array.from({ length: 40 }, (_, k) => Math.exp(-k / 6));
  const total = weights.reduce((a, b) => a + b, 0);
  const rng = createRng(3);
  const draw = (): number => {
    let [left, bin] = [rng.uniform() * total, 0];
    while (bin < weights.length - 1 && left > weights[bin]!) left -= weights[bin++]!;
    return bin + 0.5;
  };
  const distances = Array.from({ length: 400 }, () =>
    totalVariation(histogram(weights), histogram1d(Array.from({ length: 300 }, draw), axis(weights.length))),
  );
  const mean = distances.reduce((a, b) => a + b, 0) / distances.length;
  const variance = distances.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (distances.length - 1);
  const error = Math.sqrt(variance / distances.length);
  const expected = samplingTv(histogram(weights), 300);
  assert.ok(Math.abs(mean - expected) < 4 * error, `${mean} +- ${error} against ${expected}`);
});
