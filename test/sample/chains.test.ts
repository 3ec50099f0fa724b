import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveSampleSize, splitRhat } from "../../src/sample/chains";
import { TOLERANCE } from "../tolerances";
import { normals } from "./toys";

/** x' = phi x + u with u from a linear congruence, so that other programs make the same chains; chain k is shifted by k times `shift`. */
function chains(count: number, length: number, phi: number, shift = 0): Float64Array[] {
  return Array.from({ length: count }, (_, k) => {
    let seed = BigInt(k + 1);
    let x = 0;
    return Float64Array.from({ length }, () => {
      seed = (1103515245n * seed + 12345n) % 2n ** 31n;
      x = phi * x + Number(seed) / 2 ** 31 - 0.5;
      return x + shift * k;
    });
  });
}

const ar1 = (count: number, length: number, phi: number, seed: number): Float64Array[] =>
  Array.from({ length: count }, (_, k) => {
    let x = 0;
    return normals(length, seed + k).map((z) => (x = phi * x + Math.sqrt(1 - phi * phi) * z));
  });

test("effective sample size and R-hat are those of ArviZ", () => {
  // ArviZ 0.23.4: az.ess(chains, method="mean") and az.rhat(chains, method="rank"), chains [chain, draw] as above in NumPy
  const expected = [
    [chains(4, 500, 0.9), 134.0635173794587, 1.0189851160405274],
    [chains(4, 500, 0), 1909.9013370518385, 1.001616024835863],
    [chains(3, 301, 0.5, 0.3), 8.19202703590167, 1.3046311492694207],
  ] as const;
  for (const [values, ess, rhat] of expected) {
    assert.ok(Math.abs(effectiveSampleSize(values) / ess - 1) < TOLERANCE.f64);
    // Its normal quantile is SciPy's.
    assert.ok(Math.abs(splitRhat(values) / rhat - 1) < TOLERANCE.f64);
  }
  assert.ok(Math.abs(effectiveSampleSize(chains(1, 200, 0.7)) / 38.33434490201043 - 1) < TOLERANCE.f64);
});

test("draws of a first-order autoregression are worth (1 - phi) / (1 + phi) of independent ones", () => {
  const worth = effectiveSampleSize(ar1(8, 20_000, 0.8, 10)) / 160_000;
  assert.ok(Math.abs(9 * worth - 1) < 0.05, `${worth}`); // 5 %: four deviations over ten seeds
});

test("R-hat finds a chain that stays apart, one that is wider, and one that drifts", () => {
  const fine = ar1(4, 1000, 0.3, 20);
  assert.ok(splitRhat(fine) < 1.01);
  const apart = fine.map((chain, k) => chain.map((x) => (k === 0 ? x + 1 : x)));
  const wider = fine.map((chain, k) => chain.map((x) => (k === 0 ? 3 * x : x)));
  const drifting = fine.map((chain) => chain.map((x, i) => x + i / 500));
  for (const chain of [apart, wider, drifting]) assert.ok(splitRhat(chain) > 1.02, `${splitRhat(chain)}`);
});

test("chains of two values have an R-hat, those of one value neither it nor a sample size", () => {
  const rare = ar1(4, 1000, 0.3, 30).map((chain) => chain.map((x) => (x > 1.5 ? 1 : 0)));
  assert.ok(splitRhat(rare) > 0.99 && splitRhat(rare) < 1.02);
  const constant = [new Float64Array(100), new Float64Array(100)];
  assert.ok(Number.isNaN(splitRhat(constant)) && Number.isNaN(effectiveSampleSize(constant)));
});

test("chains that are too short or unequal are refused", () => {
  assert.throws(() => splitRhat([new Float64Array(3)]), /splitRhat: invalid chains \(got 3 draws\), expected/);
  assert.throws(() => effectiveSampleSize([new Float64Array(8), new Float64Array(9)]), /got 8, 9 draws/);
  assert.throws(() => effectiveSampleSize([]), /got none draws/);
});
