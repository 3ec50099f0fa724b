import assert from "node:assert/strict";
import { after, test } from "node:test";
import { reverseEss } from "../../src/evaluate/ess";
import { temperatureCurve } from "../../src/evaluate/temperature-curve";
import { createRng } from "../../src/numerics/random";
import { internalSpace } from "../../src/sample/space";
import { logWeights } from "../../src/target/samples";
import { initAnneal, stepAnneal } from "../../src/train/anneal";
import { initFab, stepFab } from "../../src/train/fab";
import { createModel, sampleFlow, scoreFrames } from "../../src/train/model";
import { initPathKl, stepPathKl } from "../../src/train/path-kl";
import { initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";
import type { Rung } from "../../src/train/round";
import type { AnnealOptions } from "../../src/train/rung";
import { initTrustRegion, stepTrustRegion } from "../../src/train/trust-region";
import { COLD_CHAINS, FAB, NO_DROP } from "../../src/experiments/settings-common";
import { createHarmonicTarget, harmonicDeviation, harmonicLogZ } from "../harmonic";
import { TOLERANCE } from "../tolerances";
import { SHORT_LADDER } from "./short-ladder";

const target = createHarmonicTarget();
const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0, steered: 4 };
const model = createModel(target, { flow, seed: 1, threads: 2 });
after(() => model.engine.close());

// The prior is the target at T = 4, and a harmonic well narrows as it does.
test("untrained, it is a harmonic target at every temperature", async () => {
  for (const temperature of [4, 2, 1, 0.1]) {
    const samples = await sampleFlow(model, 1000, createRng(3), { temperature });
    const logZ = harmonicLogZ(temperature);
    for (const set of [samples, await scoreFrames(model, samples, temperature)]) {
      // log q comes in single precision, of a quadratic form up to 25.
      for (const weight of logWeights(target, set, temperature))
        assert.ok(Math.abs(weight - logZ) < 50 * TOLERANCE.f32);
    }
  }
});

test("the curve over temperatures comes from samples spread over any range up to its hottest", async () => {
  const samples = await sampleFlow(model, 4000, createRng(4), { temperature: [0.5, 4] });
  const curve = temperatureCurve(target, samples, [], { temperatures: [0.5, 1, 3], rng: createRng(5) });
  for (const { logZ, temperature } of curve) {
    const away = Math.abs(logZ.value - harmonicLogZ(temperature));
    assert.ok(away < 4 * logZ.error && logZ.error < 0.02, `${away} +- ${logZ.error} at ${temperature}`);
  }
});

/** Annealed at a rate so small that the flow stays what it is: the rungs. */
async function annealed(changed: Partial<AnnealOptions>, trained = model): Promise<Rung[]> {
  const options = {
    ...SHORT_LADDER,
    ladder: [4, 1, 0.5, 0.5],
    iterations: 2,
    schedule: { peak: 1e-7, warmup: 0, floor: 0 },
    ...changed,
  };
  let state = initAnneal(options, createRng(5).state());
  const rungs: Rung[] = [];
  while (state.remaining.length > 0) {
    const [next, info] = await stepAnneal(trained, options, state, internalSpace(trained.target));
    if (info.kind === "trained" && info.isLast) rungs.push(info.rung);
    state = next;
  }
  return rungs;
}

test("a rung draws at the temperature that it goes to, so that on wells any step keeps all samples", async () => {
  for (const changed of [{}, { knownDensities: true }, { reuse: 2 }]) {
    const rungs = await annealed(changed);
    assert.deepEqual(
      rungs.map(({ to }) => to),
      [1, 0.5, 0.5],
    );
    for (const { to, samples, bufferEss, drawn } of rungs) {
      assert.deepEqual(new Set(samples.temperatures!.subarray(samples.n - drawn)), new Set([to]));
      // Earlier draws are of a wider density.
      assert.ok(bufferEss > (changed.reuse && to < 1 ? 0.5 : 0.99), `${bufferEss} at ${to}`);
    }
  }
});

test("probes find the steps whose samples have the ESS that is aimed at", async () => {
  // The flow has both bonds at every temperature, and the torsion is uniform: of weights exp(-k x^2 / 2T) on it the ESS is 2 sqrt(pi T / k).
  const turning = createHarmonicTarget({ dof: 3, channels: ["bond", "bond", "torsion"] });
  const other = createModel(turning, { flow, seed: 1, threads: 2 });
  after(() => other.engine.close());
  const essAt = (temperature: number): number => 2 * Math.sqrt(Math.PI * harmonicDeviation(temperature) ** 2);
  const ends = { ladder: [4, 1, 1], stepEss: 0.25, samples: 20_000, maxExtraRefinements: 1 };
  const before = turning.evaluations.energies;
  const rungs = await annealed(ends, other);
  // It learns nothing, so that after the first step none has as much: then steps that keep four fifths of what there is.
  const decisions = rungs.map(({ decision }) => decision);
  assert.match(decisions.join(" "), /^(shortened ){1,3}ladder ladder$/);
  const { to, bufferEss, samples } = rungs[0]!;
  assert.deepEqual(new Set(samples.temperatures), new Set([to]));
  // Of 8,192 samples, some 2,000 of them effective, and the last bisection.
  assert.ok(Math.abs(essAt(to) / 0.25 - 1) < 0.12, `${essAt(to)} at ${to}`);
  assert.ok(Math.abs(bufferEss / essAt(to) - 1) < 0.03, `${bufferEss}`); // of 20,000 samples
  assert.equal(rungs.at(-2)!.to, 1);
  const probes = turning.evaluations.energies - before - rungs.length * ends.samples;
  assert.ok(probes > 0 && probes % 8192 === 0 && probes < 30 * 8192, `${probes}`);
});

test("where nothing colder has the ESS that annealing asks for at least, it says so", async () => {
  await assert.rejects(annealed({ stepEss: 0.9, essFloor: 1.1 }), /collapsed at 4.0 K .* expected at least 1.1e\+2 %/);
});

test("chains teach it at their temperature", async () => {
  const chains = { ...COLD_CHAINS, walkers: 50, rounds: [2], memory: 2, essBelow: 2, turns: 0 };
  const rungs = await annealed({ chains });
  assert.equal(rungs.length, 3);
  rungs.forEach(({ bufferEss }) => assert.ok(bufferEss > 0.99));
});

test("every other method tells it its temperature", async () => {
  const training = { temperature: 1, batch: 64, iterations: 1, clipNorm: 100, weightDecay: 0, schedule: { peak: 1e-7, warmup: 0, floor: 0 } }; // prettier-ignore
  const rng = createRng(6).state();
  const [, reverse] = await stepReverseKl(model, { ...training, drop: NO_DROP }, initReverseKl(rng));
  assert.ok(Math.abs(reverse.loss + harmonicLogZ(1)) < 50 * TOLERANCE.f32);
  const [, path] = await stepPathKl(model, { ...training, maxWeight: 10 }, initPathKl(rng));
  assert.ok(path.ess > 0.99 && Math.abs(path.loss - harmonicLogZ(1)) < 50 * TOLERANCE.f32);
  const fab = { ...FAB, ...training, stepSize: 0.1, ais: { levels: 1, leapfrogs: 1, jitter: 0 }, updates: 1, leastBatches: 1, mostBatches: 2 }; // prettier-ignore
  const [, { ess, updates }] = await stepFab(model, fab, initFab(model, fab, rng));
  assert.ok(ess > 0.99 && updates === 1);
  const bounds = { kl: 1, entropy: 1 };
  const trust = { ...SHORT_LADDER, ...training, bounds, refinements: 0, refinement: null, maxRounds: 1 };
  await assert.rejects(
    stepTrustRegion(model, trust, initTrustRegion(trust, 4, rng)),
    /invalid flow \(got one that is told temperatures\), expected one of one density/,
  );
});

test("samples tell what they are worth at the temperature that they were drawn at", async () => {
  const samples = await sampleFlow(model, 500, createRng(1), { temperature: 1 });
  assert.ok(reverseEss(logWeights(target, samples, 1)) > 0.99);
  assert.ok(reverseEss(logWeights(target, samples, 4)) < 0.5);
  await assert.rejects(sampleFlow(model, 10, createRng(1)), /invalid temperature of row 0 \(got none\)/);
});
