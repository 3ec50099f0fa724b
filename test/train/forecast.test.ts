import assert from "node:assert/strict";
import { test } from "node:test";
import { reverseEss } from "../../src/evaluate/ess";
import { createRng } from "../../src/numerics/random";
import { createSamples, type Samples } from "../../src/target/samples";
import { forecastLadder, forecastStep, heatCapacity, temperatureForEss } from "../../src/train/forecast";
import { TOLERANCE } from "../tolerances";

const CAPACITY = 6;
const target = { boltzmann: 1 };

/** Exact samples of 2c harmonic modes at a temperature: energies are Gamma distributed, here as sums of c exponentials. */
function harmonic(temperature: number, n: number): Samples {
  const rng = createRng(11);
  const samples = createSamples(n, 1);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < CAPACITY; k++) samples.energy[i]! -= temperature * Math.log(1 - rng.uniform());
    samples.logQ[i] = -samples.energy[i]! / temperature;
  }
  return samples;
}

test("the ESS that is forecast is that of harmonic modes", () => {
  const n = 200_000;
  const [from, to] = [1200, 1000];
  const { energy } = harmonic(from, n);
  const weights = energy.map((u) => -u * (1 / to - 1 / from));
  const { ess } = forecastLadder([from, to], CAPACITY).rungs[0]!;
  // 200,000 samples give the ESS to about 1 / sqrt(n) of itself.
  assert.ok(Math.abs(reverseEss(weights, { clip: 0 }) / ess - 1) < 0.01, `${reverseEss(weights)} for ${ess}`);
});

test("the overlap is the integral of the root of both densities", () => {
  const [from, to] = [3, 2];
  // Gamma densities u^(c-1) exp(-u/T) / (Gamma(c) T^c), by the rectangle rule.
  const density = (u: number, t: number): number => (u ** (CAPACITY - 1) * Math.exp(-u / t)) / (120 * t ** CAPACITY);
  const step = 0.001;
  let overlap = 0;
  for (let u = step / 2; u < 200; u += step) overlap += step * Math.sqrt(density(u, from) * density(u, to));
  const forecast = forecastLadder([from, to], CAPACITY).rungs[0]!.overlap;
  assert.ok(Math.abs(overlap - forecast) < 1e-7, `${overlap} for ${forecast}`); // the rule's own error
});

test("the heat capacity of harmonic modes is half their number, at any temperature that weights reach", () => {
  const samples = harmonic(1200, 100_000);
  for (const temperature of [1200, 1000]) {
    const measured = heatCapacity(target, samples, temperature);
    assert.ok(Math.abs(measured - CAPACITY) < 0.2, `${measured} at ${temperature}`); // the largest weights are clipped
  }
});

test("samples of a flow that knows nothing of the temperature have no heat capacity", () => {
  const samples = harmonic(1200, 1);
  assert.throws(() => heatCapacity(target, samples, 1200), /heatCapacity: missing samples \(got 1 with/);
});

test("a step for a wanted ESS has it", () => {
  for (const ess of [0.05, 0.5, 0.95]) {
    const to = forecastStep(1200, 30, ess);
    assert.ok(Math.abs(forecastLadder([1200, to], 30).rungs[0]!.ess - ess) < TOLERANCE.f64);
  }
});

test("a refinement overlaps with itself wholly", () => {
  const { overlap, ess } = forecastLadder([300, 300], 30).rungs[0]!;
  assert.deepEqual([overlap, ess], [1, 1]);
});

test("the adaptive step is the lowest temperature that still has the ESS, as measured", () => {
  const essAt = (t: number): number => (t >= 700 ? 0.5 : 0.4);
  const to = temperatureForEss(essAt, { from: 1200, to: 300, ess: 0.5 });
  assert.ok(to >= 700 && to < 700 * 1.002, String(to));
  assert.equal(temperatureForEss(essAt, { from: 1200, to: 300, ess: 0.4 }), 300);
  assert.ok(temperatureForEss(essAt, { from: 1200, to: 300, ess: 0.6 }) > 1198);
});

test("a heat capacity or an ESS that cannot be is refused", () => {
  assert.throws(() => forecastLadder([1200, 300], 0), /forecastLadder: invalid heat capacity \(got 0\)/);
  assert.throws(() => forecastStep(300, 0, 0.5), /forecastStep: invalid heat capacity \(got 0\)/);
  assert.throws(() => temperatureForEss(() => 0, { from: 300, to: 0, ess: 0.5 }), /position 1 \(got 0\)/);
  assert.throws(() => forecastStep(300, 30, 1), /forecastStep: invalid ESS \(got 1\)/);
});
