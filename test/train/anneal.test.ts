import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { type AnnealState, initAnneal, ladderPath, stepAnneal } from "../../src/train/anneal";
import { forecastStep } from "../../src/train/forecast";
import { mixWithFlow } from "../../src/train/known-density";
import { createModel } from "../../src/train/model";
import type { Rung } from "../../src/train/round";
import type { AnnealOptions } from "../../src/train/rung";
import { createHarmonicTarget, sampleHarmonic } from "../harmonic";
import { SHORT_LADDER } from "./short-ladder";

const target = createMixtureTarget();
const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const model = createModel(target, { flow, seed: 1, threads: 2 });
after(() => model.engine.close());

// At T = 1000 the mixture is nearly flat: even the untrained flow has an ESS of some percent.
const options: AnnealOptions = {
  ...SHORT_LADDER,
  ladder: [1000, 900, 900],
  maxSamples: 800,
  iterations: 20,
};
const start = (): AnnealState => initAnneal(options, createRng(5).state());

/** The steps of the rung under way, until its samples are drawn. */
async function prepare(changed: Partial<AnnealOptions>): Promise<Rung & { picks: number }> {
  let state = start();
  while (state.work?.kind !== "training") [state] = await stepAnneal(model, { ...options, ...changed }, state);
  return { ...state.work.rung, picks: state.work.buffer.picks.length };
}

test("samples are drawn until they are effective enough, or the limit is reached", async () => {
  const before = target.evaluations.energies;
  const { samples, picks } = await prepare({ effective: 1e9 });
  assert.equal(samples.n, 800);
  assert.equal(target.evaluations.energies - before, 800);
  assert.equal(picks, 300);
  assert.equal((await prepare({ effective: 1 })).samples.n, 200);
});

test("passes limit the iterations by the effective samples", async () => {
  const { iterations, bufferEss } = await prepare({ passes: 0.5 });
  assert.equal(iterations, Math.max(1, Math.min(20, Math.round((0.5 * bufferEss * 200) / 32))));
  assert.ok(iterations < 20);
  assert.equal((await prepare({})).iterations, 20);
});

test("a buffer knows its densities where training asks for it", async () => {
  const prepared = async (knownDensities: boolean) => {
    let state = start();
    while (state.work?.kind !== "training") [state] = await stepAnneal(model, { ...options, knownDensities }, state);
    return state.work;
  };
  assert.equal((await prepared(false)).buffer.densities, undefined);
  const { rung, buffer } = await prepared(true);
  const { densities } = mixWithFlow(rung.logWeights, rung.samples.logQ, rung.bufferEss);
  assert.deepEqual(buffer.densities, densities);
  const { share } = densities;
  // p / m has the mean one where the picks come from m, and a larger one where they come from p.
  const average = (picks: Uint32Array): number => picks.reduce((sum, i) => sum + share![i]!, 0) / picks.length;
  assert.ok(Math.abs(average(buffer.picks) - 1) < 0.02, `${average(buffer.picks)}`);
  const plain = average((await prepared(false)).buffer.picks);
  assert.ok(plain > 1.05, `${plain}`);
});

test("a refinement takes its own options, the last ones those of the ending besides, a step down those of the ladder", async () => {
  const both = {
    ...options,
    ladder: [1000, 900, 900, 900, 900],
    refinement: { samples: 400, buffer: 50, iterations: 7 },
    ending: { rungs: 2, iterations: 3 },
  };
  const seen: [number, number, number, number][] = [];
  let state = initAnneal(both, createRng(7).state());
  while (state.remaining.length > 0) {
    const [next, info] = await stepAnneal(model, both, state);
    state = next;
    if (info.kind !== "trained" || !info.isLast) continue;
    seen.push([info.rung.from, info.rung.to, info.rung.samples.n, info.iteration + 1]);
  }
  assert.deepEqual(seen, [
    [1000, 900, 200, 20],
    [900, 900, 400, 7],
    [900, 900, 400, 3],
    [900, 900, 400, 3],
  ]);
});

/** The next step from T = 4 of two harmonic modes, of which c = 1, by 100,000 exact samples. */
function stepFromFour(changed: Partial<AnnealOptions>, remaining: readonly number[]) {
  const harmonic = { target: createHarmonicTarget(), flow: model.flow };
  const place = { temperature: 4, remaining, extraRefinements: 0 };
  return ladderPath(harmonic, { ...options, ...changed }, place).next(
    sampleHarmonic(new Float64Array(100_000).fill(4)),
  );
}

test("down a ladder of its ends alone every step has the ESS that is aimed at", () => {
  for (const ess of [0.3, 0.6, 0.9]) {
    const { to, decision } = stepFromFour({ stepEss: ess }, [0.1]);
    const exact = forecastStep(4, 1, ess);
    assert.equal(decision, "shortened");
    assert.ok(Math.abs(to / exact - 1) < 0.01, `${to} for ${exact} at ${ess}`); // of bisection and of 100,000 samples
  }
  assert.deepEqual(
    [stepFromFour({ stepEss: 0.3 }, [3.9]).to, stepFromFour({ stepEss: 0.3 }, [3.9]).decision],
    [3.9, "ladder"],
  );
});

test("a flow that no refinement helps has collapsed, and annealing says at which temperature", () => {
  assert.throws(
    () => stepFromFour({ essFloor: 0.9999 }, [1, 1]),
    /collapsed at 4\.0 K \(ESS 1\.0e\+2 % there, 44 % at 1\.0 K\), expected at least 1\.0e\+2 % after every allowed refinement/,
  );
});
