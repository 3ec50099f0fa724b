import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ONE_DRAW } from "../../src/experiments/settings-common";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { logWeights } from "../../src/target/samples";
import { createModel, sampleFlow, setParameters } from "../../src/train/model";
import type { Rung } from "../../src/train/round";
import {
  initTrustRegion,
  stepTrustRegion,
  trustPath,
  type TrustRegionOptions,
  type TrustState,
} from "../../src/train/trust-region";
import { TOLERANCE } from "../tolerances";

const target = createMixtureTarget();
const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const model = createModel(target, { flow, seed: 1, threads: 2 });
const untrained = model.engine.state().parameters.slice();
after(() => model.engine.close());

// At T = 1000 the mixture is nearly flat: a few steps lead there from the prior.
const options: TrustRegionOptions = {
  ...ONE_DRAW,
  temperature: 1000,
  bounds: { kl: 0.2, entropy: 1 },
  refinements: 1,
  refinement: { samples: 500, iterations: 7 },
  maxRounds: 20,
  samples: 2000,
  buffer: 2000,
  clip: 0,
  iterations: 60,
  batch: 256,
  schedule: { peak: 1e-2, warmup: 0, floor: 0 },
  clipNorm: 100,
  weightDecay: 0,
};

/** All rungs from the untrained flow to the end, and the state there. */
async function trainAll(changed: Partial<TrustRegionOptions>): Promise<[Rung[], TrustState]> {
  setParameters(model, untrained.slice());
  const all = { ...options, ...changed };
  let state = initTrustRegion(all, null, createRng(5).state());
  const rungs: Rung[] = [];
  while (state.remaining > 0) {
    const [next, info] = await stepTrustRegion(model, all, state);
    if (info.kind === "trained" && info.isLast) rungs.push(info.rung);
    state = next;
  }
  return [rungs, state];
}

test("from the prior, rungs within the bounds lead to the target, which is then refined with its own options", async () => {
  const before = target.evaluations.energies;
  const [rungs, { exponents, rounds }] = await trainAll({});
  assert.ok(rungs.length >= 4 && rungs.length === rounds, `${rungs.length} rungs`);
  for (const { trust, decision, to } of rungs) {
    assert.ok(trust!.kl <= 0.2 + 1e-8 && trust!.entropyLoss <= 1 + 1e-8);
    if (decision === "bounded") assert.ok(trust!.lambda > 0 || trust!.eta > 0);
    else assert.deepEqual([trust!.share, trust!.tempering, to], [1, 1, 1000]);
  }
  assert.deepEqual(exponents, { start: 0, target: 1 });
  assert.equal(rungs[0]!.from, Infinity); // of the prior
  rungs.slice(1).forEach(({ from, to }, i) => assert.ok(from === rungs[i]!.to && to <= from));
  const last = rungs.slice(-2).map((rung) => [rung.decision, rung.samples.n, rung.iterations]);
  assert.deepEqual(last, [
    ["target", 2000, 60],
    ["target", 500, 7],
  ]);
  assert.equal(target.evaluations.energies - before, 2000 * (rungs.length - 1) + 500);
  // The last weights say that the flow has learned the target: those of the first samples to it are 10 times as uneven.
  const direct = logWeights(target, rungs[0]!.samples, 1000);
  const spread = (weights: Float64Array): number => {
    const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
    return weights.reduce((sum, w) => sum + (w - mean) ** 2, 0) / weights.length;
  };
  assert.ok(spread(direct) > 10 * spread(rungs.at(-1)!.logWeights), `${spread(direct)}`);
});

test("training ends after the allowed rounds, wherever it is", async () => {
  const [rungs, { exponents, remaining }] = await trainAll({ maxRounds: 2 });
  assert.deepEqual([rungs.length, remaining], [2, 0]);
  assert.ok(exponents.target < 1 && exponents.start > 0);
});

test("a step's weights are those of its geometric mixture, and exponents follow from step to step", async () => {
  setParameters(model, untrained.slice());
  const samples = await sampleFlow(model, 500, createRng(2));
  // Here the mixture is narrower than the prior.
  const colder = { ...options, temperature: 1, bounds: { kl: 1, entropy: 0.01 } };
  const place = { exponents: { start: 0.5, target: 0.25 }, remaining: 2, rounds: 3 };
  const path = trustPath(model, colder, place);
  const { trust, logWeights: weights, from, to, decision } = path.next(samples);
  const { share, tempering, exponents } = trust!;
  assert.ok(share < 1 && tempering < 1, `${share}, ${tempering}`);
  assert.equal(decision, "bounded");
  // log(q'/q) = (1 - share) log q + share log p(T / tempering) - log q: of the mixture the volume is the same everywhere.
  const tempered = logWeights(target, samples, 1 / tempering);
  tempered.forEach((w, i) => {
    const expected = share * w;
    assert.ok(Math.abs(weights[i]! - expected) < TOLERANCE.f64 * Math.max(1, Math.abs(expected)) + 1e-9);
  });
  assert.deepEqual([from, to], [4, 1 / exponents.target]);
  assert.deepEqual(exponents, { start: 0.5 * (1 - share), target: 0.25 * (1 - share) + share * tempering });
});

test("from a flow of reverse KL the path begins at its temperature", () => {
  const { exponents } = initTrustRegion({ temperature: 300, refinements: 1 }, 1200, createRng(1).state());
  assert.deepEqual(exponents, { start: 0, target: 0.25 });
});
