import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createSamples } from "../../src/target/samples";
import { ladderForEss, measureSteps } from "../../src/train/adaptive-ladder";
import { forecastLadder } from "../../src/train/forecast";
import { geometricLadder } from "../../src/train/ladder";

const CAPACITY = 6;
const forecast = (from: number, to: number): number => forecastLadder([from, to], CAPACITY).rungs[0]!.ess;

test("every step of a ladder has the ESS that is wanted, the last one at least", () => {
  for (const ess of [0.1, 0.5, 0.9]) {
    const ladder = ladderForEss(forecast, { from: 1200, to: 300, ess, refinements: 2 });
    const { rungs } = forecastLadder(ladder, CAPACITY);
    // Bisection leaves a thousandth of the temperature, and d log ESS / d log T is below 50 here.
    for (const rung of rungs.slice(0, -3))
      assert.ok(rung.ess >= ess && rung.ess < 1.05 * ess, `${rung.ess} for ${ess}`);
    assert.ok(rungs.at(-3)!.ess >= ess);
    assert.deepEqual(ladder.slice(-3), [300, 300, 300]);
  }
});

test("a ladder that is within reach at once has one step", () => {
  assert.deepEqual(
    ladderForEss(() => 1, { from: 1200, to: 300, ess: 0.5, refinements: 0 }),
    [1200, 300],
  );
});

test("steps measured on samples have the ESS of the closed form, the first and the later ones", () => {
  // Exact samples of 2c harmonic modes at 1200 K: energies are sums of c exponentials. The last one is invalid.
  const n = 200_001;
  const rng = createRng(12);
  const samples = createSamples(n, 1);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < CAPACITY; k++) samples.energy[i]! -= 1200 * Math.log(1 - rng.uniform());
    samples.logQ[i] = -samples.energy[i]! / 1200;
  }
  samples.energy[n - 1] = NaN;
  const measured = measureSteps({ boltzmann: 1 }, samples);
  for (const [from, to] of [
    [1200, 1000],
    [1000, 850],
  ] as const) {
    // Some 100,000 effective samples, and weights of large spread: a few thousandths.
    assert.ok(Math.abs(measured(from, to) / forecast(from, to) - 1) < 0.02, `${measured(from, to)} at ${to}`);
  }
});

test("with a constant heat capacity the ladder is geometric but for its last step", () => {
  const ladder = ladderForEss(forecast, { from: 1200, to: 300, ess: 0.8, refinements: 0 });
  const steps = ladder.length - 2;
  geometricLadder({ from: 1200, to: ladder[steps]!, steps, refinements: 0 }).forEach((temperature, i) => {
    assert.ok(Math.abs(ladder[i]! / temperature - 1) < 0.005, `${ladder[i]} for ${temperature}`); // of the bisection
  });
});

test("what no step can have is refused", () => {
  assert.throws(() => ladderForEss(forecast, { from: 1200, to: 300, ess: 1 }), /ladderForEss: invalid ESS \(got 1\)/);
  assert.throws(
    () => ladderForEss(() => 0.1, { from: 1200, to: 300, ess: 0.5 }),
    /ladderForEss: invalid ESS \(got 0.5, which no step from 1200 has\)/,
  );
  assert.throws(() => ladderForEss(forecast, { from: 300, to: 1200, ess: 0.5 }), /expected the ladder to decrease/);
});
