import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_DRAW } from "../../src/experiments/settings-common";
import { temperatureCurve } from "../../src/evaluate/temperature-curve";
import { reverseEss } from "../../src/evaluate/ess";
import { createRng } from "../../src/numerics/random";
import { logWeights } from "../../src/target/samples";
import { initAnneal, stepAnneal } from "../../src/train/anneal";
import { createModel, sampleFlow } from "../../src/train/model";
import type { AnnealOptions } from "../../src/train/rung";
import { createHarmonicTarget, harmonicDeviation, harmonicLogZ } from "../harmonic";

const options: AnnealOptions = {
  ladder: [4, 2, 1, 1],
  samples: 4000,
  ...ONE_DRAW,
  buffer: 4000,
  clip: 0,
  iterations: 80,
  batch: 256,
  schedule: { peak: 1e-2, warmup: 5, floor: 0 },
  clipNorm: 20,
  weightDecay: 0,
  essFloor: 0.1,
  maxExtraRefinements: 0,
};

// At T = 4 the untrained flow, its prior, is the target: annealing can begin there.
test("one flow annealed down a ladder is the target at every temperature of it", async () => {
  const target = createHarmonicTarget();
  const flow = { couplings: 4, hidden: 16, layers: 1, bins: 8, seed: 0 };
  const model = createModel(target, { flow: { ...flow, temperatures: [1, 4] }, seed: 1, threads: 1 });
  let state = initAnneal(options, createRng(5).state());
  while (state.remaining.length > 0) [state] = await stepAnneal(model, options, state);
  assert.equal(target.evaluations.energies, 3 * options.samples);

  for (const temperature of [1, 1.5, 2.8, 4]) {
    const samples = await sampleFlow(model, 8000, createRng(6), { temperature });
    const { n, dof, x } = samples;
    const weights = logWeights(target, samples, temperature);
    assert.ok(reverseEss(weights) > 0.9, `ESS ${reverseEss(weights)} at ${temperature}`);
    for (const axis of [0, 1]) {
      const column = Float64Array.from({ length: n }, (_, i) => x[i * dof + axis]! - 0.5);
      const deviation = Math.sqrt(column.reduce((sum, v) => sum + v * v, 0) / n);
      // Without weights: what the flow has learned. From T = 1 to 4 the deviation doubles.
      assert.ok(Math.abs(deviation / harmonicDeviation(temperature) - 1) < 0.1, `${deviation} at ${temperature}`);
    }
  }

  const everywhere = await sampleFlow(model, 20_000, createRng(7), { temperature: [1, 4] });
  const regions = [{ name: "right", contains: (x: Float32Array, offset: number) => x[offset]! > 0.5 }];
  for (const point of temperatureCurve(target, everywhere, regions, { temperatures: [1, 2, 4], rng: createRng(8) })) {
    const { temperature, logZ, basins } = point;
    assert.ok(Math.abs(logZ.value - harmonicLogZ(temperature)) < 4 * logZ.error, `log Z at ${temperature}`);
    const { value, error } = basins[0]!.freeEnergy;
    assert.ok(Math.abs(value) < 4 * error, `F ${value} +- ${error} at ${temperature}, exactly 0`);
  }
  await assert.rejects(sampleFlow(model, 10, createRng(1)), /invalid temperature of row 0 \(got none\)/);
  await model.engine.close();
  const untold = createModel(target, { flow, seed: 1, threads: 1 });
  await assert.rejects(
    sampleFlow(untold, 10, createRng(1), { temperature: 2 }),
    /got 2 to 2 for a flow of one density/,
  );
  await untold.engine.close();
});
