import assert from "node:assert/strict";
import { test } from "node:test";
import { quantiles, wasserstein2 } from "../../src/evaluate/wasserstein";
import { createRng } from "../../src/numerics/random";
import { normalQuantile } from "../../src/numerics/special";
import { TOLERANCE } from "../tolerances";

const plain = (...values: number[]): ReturnType<typeof quantiles> => quantiles(Float64Array.from(values));

/** n quantiles of N(mean, width^2). */
function gaussian(n: number, mean: number, width: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => mean + width * normalQuantile((i + 0.5) / n));
}

test("single points are as far apart as they are", () => {
  assert.equal(wasserstein2(plain(3), plain(-1)), 4);
  assert.equal(wasserstein2(plain(3), plain(3, 3, 3)), 0);
});

test("Gaussians have the distance of the closed form, sqrt(shift^2 + (difference of widths)^2)", () => {
  const a = quantiles(gaussian(100_000, 0, 1).reverse());
  const b = quantiles(gaussian(40_000, 0.6, 1.8));
  assert.ok(Math.abs(wasserstein2(a, b) - 1) < 1e-3, `${wasserstein2(a, b)}`); // the quantiles leave out the tails
});

test("unequal counts are those of repeated values", () => {
  const rng = createRng(11);
  const draw = (n: number): number[] => Array.from({ length: n }, () => rng.normal());
  const repeat = (values: number[], times: number): number[] => values.flatMap((value) => Array(times).fill(value));
  const [a, b] = [draw(6), draw(4)];
  const sorted = (values: number[]): number[] => values.sort((p, q) => p - q);
  const [p, q] = [sorted(repeat(a, 2)), sorted(repeat(b, 3))];
  const expected = Math.sqrt(p.reduce((sum, value, i) => sum + (value - q[i]!) ** 2, 0) / 12);
  assert.ok(Math.abs(wasserstein2(plain(...a), plain(...b)) / expected - 1) < TOLERANCE.f64);
});

test("weights are worth repeated values, zeros included, and their level does not matter", () => {
  const weighted = quantiles(Float64Array.of(5, 1, 9, 2), Float64Array.of(0.3, 0.1, 0, 0.2));
  const other = plain(0, 4, 4.5, 7, 8);
  const expected = wasserstein2(plain(1, 2, 2, 5, 5, 5), other);
  assert.ok(Math.abs(wasserstein2(weighted, other) / expected - 1) < TOLERANCE.f64);
  assert.ok(Math.abs(wasserstein2(other, weighted) / expected - 1) < TOLERANCE.f64);
});

test("the distance is that of POT 0.9.7", () => {
  // i = numpy.arange(300); sqrt(ot.emd2_1d(10 * sin(1.7 * i + 0.3), 8 * cos(0.7 * i[:170]) - 1, w / w.sum(), ot.unif(170))), w = 1.1 + cos(i)
  const values = Float64Array.from({ length: 300 }, (_, i) => 10 * Math.sin(1.7 * i + 0.3));
  const weights = Float64Array.from({ length: 300 }, (_, i) => 1.1 + Math.cos(i));
  const other = Float64Array.from({ length: 170 }, (_, i) => 8 * Math.cos(0.7 * i) - 1);
  const distance = wasserstein2(quantiles(values, weights), quantiles(other));
  assert.ok(Math.abs(distance / 1.7710609971801505 - 1) < TOLERANCE.f64, `${distance}`);
});

test("importance weights turn one Gaussian into another", () => {
  const values = gaussian(100_000, 0, 1);
  const weights = values.map((z) => Math.exp(0.5 * z)); // N(0, 1) to N(0.5, 1)
  assert.ok(wasserstein2(quantiles(values, weights), quantiles(gaussian(100_000, 0.5, 1))) < 0.01);
});

test("sorting leaves the input alone, and what is no number is refused", () => {
  const values = Float64Array.of(2, 1);
  quantiles(values);
  assert.deepEqual([...values], [2, 1]);
  for (const bad of [[], [NaN], [Infinity]]) assert.throws(() => plain(...bad), /quantiles: invalid sample/);
  assert.throws(() => quantiles(values, Float64Array.of(0, 0)), /of weight 0\)/);
});
