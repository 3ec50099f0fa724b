import assert from "node:assert/strict";
import { test } from "node:test";
import { reverseEss } from "../../src/evaluate/ess";
import { estimateLogZ } from "../../src/evaluate/logz";
import { createRng } from "../../src/numerics/random";
import { internalSpace } from "../../src/sample/space";
import { createBatchEvaluator, createCountedTarget } from "../../src/target/batch";
import type { Kernel } from "../../src/target/kernel";
import { logWeights } from "../../src/target/samples";
import { type HotChainsOptions, initHotChains, stepHotChains } from "../../src/train/hot-chains";
import { createModel, sampleFlow } from "../../src/train/model";

/** Two wells of (0.3, 0.7) in the first coordinate, on top of which the others are normal about a place that depends on it: k = 1. */
const DOF = 3;
const SIGMA = 0.05;
const wells: Kernel = {
  dof: DOF,
  lanes: 1,
  evaluate(x, offset, [point]) {
    const a = (x[offset]! - 0.5) / 0.2;
    const well = (a * a - 1) ** 2;
    point!.energy = 2 * well;
    point!.energyGradient[0] = (8 * a * (a * a - 1)) / 0.2;
    for (let k = 1; k < DOF; k++) {
      const z = (x[offset + k]! - 0.35 - 0.3 * x[offset]!) / SIGMA;
      point!.energy += z ** 2 / 2;
      point!.energyGradient[k] = z / SIGMA;
      point!.energyGradient[0] -= (0.3 * z) / SIGMA;
    }
  },
};
/** log of the integral over the first coordinate by the midpoint rule, times those of the normal ones. */
function logZ(temperature: number): number {
  let sum = 0;
  for (let i = 0; i < 1000; i++)
    sum += Math.exp((-2 * ((((i + 0.5) / 1000 - 0.5) / 0.2) ** 2 - 1) ** 2) / temperature) / 1000;
  return Math.log(sum) + (DOF - 1) * Math.log(SIGMA * Math.sqrt(2 * Math.PI * temperature));
}

const OPTIONS: HotChainsOptions = {
  temperature: 2,
  iterations: 400,
  batch: 256,
  clipNorm: 100,
  weightDecay: 0,
  schedule: { peak: 5e-3, warmup: 20, floor: 0 },
  walkers: 200,
  leapfrogs: 3,
  jitter: 0.2,
  acceptance: 0.8,
  rounds: [10, 20, 20],
  memory: 20,
  iterationsPerSweep: 2,
};

test("chains that all begin in one well teach the flow both, at the price of their sweeps", async () => {
  const target = createCountedTarget(
    { name: "wells", dof: DOF, channels: ["bond", "bond", "bond"], boltzmann: 1 },
    createBatchEvaluator(wells),
  );
  const model = createModel(target, {
    flow: { couplings: 6, hidden: 32, layers: 1, bins: 8, seed: 0 },
    seed: 1,
    threads: 1,
  });
  const ground = {
    space: internalSpace(target),
    starts: (walkers: number) =>
      Promise.resolve(new Float64Array(walkers * DOF).fill(0.3).map((x, k) => (k % DOF ? 0.44 : x))),
  };
  let state = initHotChains(createRng(2).state());
  let sweeps = 0;
  while (state.iteration < OPTIONS.iterations) {
    const [next, { trained, acceptance }] = await stepHotChains(model, ground, OPTIONS, state);
    if (trained === null && acceptance > 0) sweeps++;
    state = next;
  }
  // The warm-up, the memory, and one for every two iterations after the first two.
  assert.equal(sweeps, 50 + OPTIONS.memory + OPTIONS.iterations / OPTIONS.iterationsPerSweep - 1);
  assert.deepEqual(target.evaluations, { energies: 0, gradients: OPTIONS.walkers * (1 + sweeps * OPTIONS.leapfrogs) });
  assert.equal(state.chains, null);
  assert.equal(state.points.length, 0);
  const samples = await sampleFlow(model, 20_000, createRng(3));
  const weights = logWeights(target, samples, OPTIONS.temperature);
  assert.ok(reverseEss(weights) > 0.9, `ESS ${reverseEss(weights)}`);
  const { value, error } = estimateLogZ(weights, createRng(4));
  assert.ok(
    Math.abs(value - logZ(OPTIONS.temperature)) < 4 * error,
    `log Z ${value} +- ${error}, exactly ${logZ(OPTIONS.temperature)}`,
  );
  const right = samples.logQ.filter((_, i) => samples.x[i * DOF]! > 0.5).length / samples.n;
  assert.ok(Math.abs(right - 0.5) < 0.06, `share of the other well ${right}`);
  await model.engine.close();
});
