import assert from "node:assert/strict";
import { test } from "node:test";
import { type Features, fitTica, projectTica } from "../../src/evaluate/tica";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

const DECAY = [0.95, 0.8, 0.3];
const MIX = [[1, 0.5, -2], [0.3, 1, 1], [-1, 2, 0.5]]; // prettier-ignore

/** Three independent processes y' = a y + sqrt(1 - a^2) noise of unit variance, and linear mixtures of them about 5. */
function mixture(n: number, seed: number, redundant = false): { hidden: Float64Array; features: Features } {
  const rng = createRng(seed);
  const dimension = redundant ? 4 : 3;
  const hidden = new Float64Array(n * 3);
  const values = new Float64Array(n * dimension);
  const y = DECAY.map(() => rng.normal());
  for (let t = 0; t < n; t++) {
    DECAY.forEach((a, k) => (y[k] = a * y[k]! + Math.sqrt(1 - a * a) * rng.normal()));
    hidden.set(y, 3 * t);
    const mixed = MIX.map((row) => 5 + row.reduce((sum, m, k) => sum + m * y[k]!, 0));
    values.set(redundant ? [...mixed, mixed[0]! - mixed[1]!] : mixed, dimension * t);
  }
  return { hidden, features: { n, dimension, values } };
}

test("a linear process has the eigenvalues and the components of the closed form", () => {
  const { hidden, features } = mixture(100_000, 1);
  for (const lag of [1, 3]) {
    const model = fitTica(features, { lag, components: 3 });
    model.eigenvalues.forEach((value, k) => {
      const exact = DECAY[k]! ** lag;
      assert.ok(Math.abs(value - exact) < 0.015, `lag ${lag}: ${value} against ${exact}`);
    });
    projectTica(model, features).forEach((projected, k) => {
      const overlap = projected.reduce((sum, value, t) => sum + value * hidden[3 * t + k]!, 0) / features.n;
      assert.ok(Math.abs(Math.abs(overlap) - 1) < 0.05, `component ${k}: ${overlap}`);
    });
  }
});

test("eigenvalues are those of deeptime 0.4.5", () => {
  // t = numpy.arange(500); f = numpy.stack of the three below; TICA(lagtime=5, dim=3, epsilon=1e-12).fit((f[:-5], f[5:])).fetch_model().singular_values
  const values = Array.from({ length: 500 }, (_, t) => [
    Math.sin(0.01 * t) + 0.1 * Math.sin((5.3 * t * t) % 11),
    Math.cos(0.05 * t) + 0.2 * Math.sin(7.7 * t + 0.1 * t * t),
    Math.sin(0.01 * t) - Math.cos(0.05 * t) + 0.3 * Math.cos(3.3 * t + 0.05 * t * t),
  ]);
  const features = { n: 500, dimension: 3, values: Float64Array.from(values.flat()) };
  const { eigenvalues } = fitTica(features, { lag: 5, components: 3 });
  const expected = [0.9884776200710709, 0.9426103724563873, -0.026260232673861905];
  expected.forEach((value, k) => assert.ok(Math.abs(eigenvalues[k]! - value) < TOLERANCE.f64, `${eigenvalues[k]}`));
});

test("components have unit variance, no correlation, and the eigenvalue as their autocorrelation", () => {
  const { features } = mixture(2000, 2);
  const lag = 5;
  const model = fitTica(features, { lag });
  const [first, second] = projectTica(model, features) as [Float64Array, Float64Array];
  const over = (f: (now: number, later: number) => number): number => {
    let sum = 0;
    for (let t = 0; t + lag < features.n; t++) sum += f(t, t + lag) / (features.n - lag);
    return sum;
  };
  const close = (actual: number, expected: number): void => {
    assert.ok(Math.abs(actual - expected) < TOLERANCE.f64, `${actual} against ${expected}`);
  };
  close(
    over((now, later) => (first[now]! ** 2 + first[later]! ** 2) / 2),
    1,
  );
  close(
    over((now, later) => (first[now]! * second[now]! + first[later]! * second[later]!) / 2),
    0,
  );
  close(
    over((now, later) => first[now]! * first[later]!),
    model.eigenvalues[0]!,
  );
  close(
    over((now, later) => second[now]! * second[later]!),
    model.eigenvalues[1]!,
  );
});

test("features that depend on each other change nothing", () => {
  const plain = fitTica(mixture(3000, 3).features, { lag: 2, components: 4 });
  const redundant = fitTica(mixture(3000, 3, true).features, { lag: 2, components: 4 });
  assert.equal(redundant.eigenvalues.length, 3);
  redundant.eigenvalues.forEach((value, k) => assert.ok(Math.abs(value - plain.eigenvalues[k]!) < 1e-8)); // the rank decision costs digits
});

test("no pair of frames spans two runs", () => {
  // Two runs that stand still at +-1 but for noise: within each the noise decays at once, across the seam it does not matter.
  const rng = createRng(4);
  const n = 4000;
  const values = Float64Array.from({ length: n }, (_, t) => (t % 2 === 0 ? 1 : -1) + 0.1 * rng.normal());
  const joined = fitTica({ n, dimension: 1, values }, { lag: 1 });
  assert.ok(joined.eigenvalues[0]! < -0.9);
  const short = fitTica({ n: 6, dimension: 1, values: Float64Array.of(0, 1, 2, 9, 10, 11) }, { lag: 2, runs: [3, 3] });
  // Pairs (0, 2) and (9, 11) about their mean 5.5: (5.5 * 3.5 + 3.5 * 5.5) / (5.5^2 + 3.5^2).
  assert.ok(Math.abs(short.eigenvalues[0]! - (2 * 5.5 * 3.5) / (5.5 ** 2 + 3.5 ** 2)) < TOLERANCE.f64);
});

test("runs that are too short, do not add up, or do not vary are refused", () => {
  const features = { n: 4, dimension: 1, values: Float64Array.of(1, 1, 1, 1) };
  assert.throws(() => fitTica(features, { lag: 4 }), /fitTica: invalid lag or runs \(got lag 4/);
  assert.throws(() => fitTica(features, { lag: 0 }), /got lag 0/);
  assert.throws(() => fitTica(features, { lag: 1, runs: [2, 3] }), /2 runs of 5 frames/);
  assert.throws(() => fitTica(features, { lag: 1 }), /got 1 that do not vary/);
});
