import assert from "node:assert/strict";
import { test } from "node:test";
import { ONE_DRAW } from "../../src/experiments/settings-common";
import { reverseEss } from "../../src/evaluate/ess";
import { estimateLogZ } from "../../src/evaluate/logz";
import { createRng } from "../../src/numerics/random";
import { internalSpace } from "../../src/sample/space";
import { createBatchEvaluator, createCountedTarget } from "../../src/target/batch";
import { createPoint, type Kernel } from "../../src/target/kernel";
import { logWeights } from "../../src/target/samples";
import type { Target } from "../../src/target/target";
import type { AnnealOptions } from "../../src/train/rung";
import { initAnneal, stepAnneal } from "../../src/train/anneal";
import { type HotChainsOptions, initHotChains, stepHotChains } from "../../src/train/hot-chains";
import { partiesOf, type RungChains, startsOf, sweepsOf } from "../../src/train/chain-options";
import type { Ground } from "../../src/train/walk";
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
  knownDensities: false,
  walkers: 200,
  exchange: null,
  leapfrogs: 3,
  turns: 1,
  jitter: 0.2,
  acceptance: 0.8,
  rounds: [10, 20, 20],
  memory: 20,
  iterationsPerSweep: 2,
  alpha: null,
};

function createWells() {
  const target = createCountedTarget(
    { name: "wells", dof: DOF, channels: ["bond", "bond", "bond"], boltzmann: 1 },
    createBatchEvaluator(wells),
  );
  const flow = { couplings: 6, hidden: 32, layers: 1, bins: 8, seed: 0 };
  return { target, model: createModel(target, { flow, seed: 1, threads: 1 }) };
}

/** All chains begin in the left well. */
const groundOf = (target: Target): Ground => ({
  space: internalSpace(target),
  starts: (walkers) => Promise.resolve(new Float64Array(walkers * DOF).fill(0.3).map((x, k) => (k % DOF ? 0.44 : x))),
});

test("chains that all begin in one well teach the flow both, at the price of their sweeps", async () => {
  const { target, model } = createWells();
  const ground = groundOf(target);
  let state = initHotChains(createRng(2).state());
  let sweeps = 0;
  const told: number[] = [];
  while (state.iteration < OPTIONS.iterations) {
    const [next, { trained, sweep, acceptance }] = await stepHotChains(model, ground, OPTIONS, state);
    if (trained === null && acceptance > 0) sweeps++;
    if (sweep !== null) told.push(sweep);
    state = next;
  }
  assert.deepEqual(told, [...Array(sweepsOf(partiesOf(OPTIONS)) + 1).keys()]);
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

test("cold chains begin where those in exchange with hotter ones end, and have both wells in their share; alone they find one", async () => {
  const { target, model } = createWells();
  const met = async (exchange: HotChainsOptions["exchange"]) => {
    const cold = { ...OPTIONS, temperature: 0.2, iterations: 2, walkers: 1000, exchange };
    const before = target.evaluations.gradients;
    const told: number[] = [];
    let state = initHotChains(createRng(2).state());
    while (state.iteration === 0) {
      const [next, { sweep }] = await stepHotChains(model, groundOf(target), cold, state);
      if (sweep !== null) told.push(sweep);
      state = next;
    }
    const parties = partiesOf(cold);
    assert.deepEqual([...new Set(told)], [...Array(sweepsOf(parties) + 1).keys()]);
    const gradients = parties.map((party) => startsOf(party) * (1 + sweepsOf([party]) * OPTIONS.leapfrogs));
    assert.equal(
      target.evaluations.gradients - before,
      gradients.reduce((sum, some) => sum + some),
    );
    assert.equal(state.points.length, cold.memory * cold.walkers * DOF);
    return {
      right: state.points.filter((x, k) => k % DOF === 0 && x > 0.5).length / (state.points.length / DOF),
      ...state,
    };
  };
  // A barrier of 10 kT, and of 1 kT at the hottest level.
  const alone = await met(null);
  assert.ok(alone.right < 0.01, `${alone.right}`);
  const exchange = { hottest: 2, levels: 4, walkers: 4002, rounds: [10, 20, 20], sweeps: 150 };
  const { right, points, logP } = await met(exchange);
  assert.ok(Math.abs(right - 0.5) < 0.06, `${right}`); // of some 1,000 chains, and 1,000 that they start: 0.022
  const point = createPoint(DOF);
  logP!.forEach((value, i) => {
    wells.evaluate(points, i * DOF, [point], false);
    assert.ok(Math.abs(value + point.energy / 0.2) < 0.01, `${value} for ${-point.energy / 0.2}`); // points are kept in single precision
  });
  assert.equal(partiesOf({ ...OPTIONS, temperature: 2, exchange }).length, 1, "nothing is hotter: no exchange");
  await assert.rejects(met({ ...exchange, levels: 1 }), /invalid exchange \(got 1 levels for 4002 walkers\)/);
  await model.engine.close();
});

test("with known densities what few chains meet is not learned by heart", async () => {
  const finalEss = async (knownDensities: boolean): Promise<number> => {
    const { target, model } = createWells();
    const few = { ...OPTIONS, walkers: 20, memory: 5, iterationsPerSweep: 20, knownDensities };
    let state = initHotChains(createRng(2).state());
    while (state.iteration < few.iterations) [state] = await stepHotChains(model, groundOf(target), few, state);
    const samples = await sampleFlow(model, 20_000, createRng(3));
    await model.engine.close();
    return reverseEss(logWeights(target, samples, few.temperature));
  };
  const [plain, known] = [await finalEss(false), await finalEss(true)];
  assert.ok(plain < 0.4 && known > 0.95, `ESS ${plain} by maximum likelihood, ${known} with known densities`);
});

test("a rung whose few effective samples are the starts of chains learns more than one that learns them", async () => {
  const finalEss = async (chains: RungChains | null, walks: boolean): Promise<number> => {
    const { target, model } = createWells();
    const options: AnnealOptions = {
      ...OPTIONS,
      ladder: [3, 2],
      ...ONE_DRAW,
      samples: 2000,
      buffer: 2000,
      clip: 0,
      chains,
      essFloor: 0,
      maxExtraRefinements: 0,
    };
    let state = initAnneal(options, createRng(5).state());
    while (state.remaining.length > 0) [state] = await stepAnneal(model, options, state, internalSpace(target));
    // Starts and warm-up, memory and what follows, of which each sweep is a gradient for every leapfrog of every walker.
    const sweeps = 50 + OPTIONS.memory + OPTIONS.iterations / OPTIONS.iterationsPerSweep - 1;
    const gradients = walks ? OPTIONS.walkers * (1 + sweeps * OPTIONS.leapfrogs) : 0;
    assert.deepEqual(target.evaluations, { energies: 2000, gradients });
    const samples = await sampleFlow(model, 20_000, createRng(3));
    await model.engine.close();
    return reverseEss(logWeights(target, samples, 2));
  };
  const withChains = await finalEss({ ...OPTIONS, essBelow: 1 }, true);
  assert.ok(withChains > 0.9, `ESS ${withChains}`);
  const without = await finalEss(null, false);
  assert.ok(without < 0.5, `ESS without ${without}`);
  assert.equal(await finalEss({ ...OPTIONS, essBelow: 1e-3 }, false), without, "enough are effective: no chains walk");
});

test("chains need a space to walk in", async () => {
  const { model } = createWells();
  const options = { ladder: [3, 2], refinement: null, chains: OPTIONS } as unknown as AnnealOptions;
  await assert.rejects(
    stepAnneal(model, options, initAnneal(options, createRng(5).state())),
    /anneal: invalid chains \(got no space/,
  );
  await model.engine.close();
});
