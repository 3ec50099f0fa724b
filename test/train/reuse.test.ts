import assert from "node:assert/strict";
import { after, test } from "node:test";
import { logSumExp } from "../../src/numerics/logsumexp";
import { createRng } from "../../src/numerics/random";
import { logWeights, type Samples } from "../../src/target/samples";
import { initAnneal, stepAnneal } from "../../src/train/anneal";
import { createModel, logProb, sampleFlow, setParameters } from "../../src/train/model";
import { densityOf, drawsWithin, startMixing, stepMixing } from "../../src/train/reuse";
import type { Rung } from "../../src/train/round";
import { meanEstimate } from "../../src/evaluate/logz";
import { createHarmonicTarget, harmonicLogZ } from "../harmonic";
import { TOLERANCE } from "../tolerances";
import { SHORT_LADDER } from "./short-ladder";

const target = createHarmonicTarget();
const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const model = createModel(target, { flow, seed: 1, threads: 2 });
after(() => model.engine.close());

/** Draws of flows that differ: the untrained one, and others with parameters moved at random. */
async function drawAll(sizes: readonly number[]): Promise<{ parameters: Float32Array; samples: Samples }[]> {
  const rng = createRng(7);
  const first = model.engine.state().parameters;
  const draws = [];
  for (const n of sizes) {
    const parameters = first.map((value) => value + (draws.length === 0 ? 0 : 0.2 * rng.normal()));
    setParameters(model, parameters);
    draws.push({ parameters, samples: await sampleFlow(model, n, rng) });
  }
  return draws;
}

async function mixAll(draws: Awaited<ReturnType<typeof drawAll>>) {
  const { samples } = draws.at(-1)!;
  const before = model.engine.state();
  let mixing = startMixing(model, draws.slice(0, -1), samples, createRng(1).state());
  for (let blocks = Infinity; mixing.done < blocks;) [mixing, blocks] = await stepMixing(model, mixing);
  assert.deepEqual(model.engine.state(), before);
  return mixing;
}

test("mixed draws have the density of the mixture of their flows, by their sizes", async () => {
  const draws = await drawAll([300, 100, 500]);
  const { joined } = await mixAll(draws);
  assert.equal(joined.n, 900);
  const terms: Float64Array[] = [];
  for (const { parameters, samples } of draws) {
    setParameters(model, parameters);
    terms.push((await logProb(model, joined.x, 900)).map((logQ) => logQ + Math.log(samples.n / 900)));
  }
  for (let i = 0; i < 900; i++) {
    const expected = logSumExp(terms.map((term) => term[i]!));
    assert.ok(Math.abs(joined.logQ[i]! - expected) < 10 * TOLERANCE.f32 * Math.max(1, Math.abs(expected)));
  }
});

test("weights of mixed draws estimate log Z, and none exceeds its flow's own over the share", async () => {
  const draws = await drawAll([20_000, 20_000]);
  const mixing = await mixAll(draws);
  const weights = logWeights(target, mixing.joined, 3);
  const { value, error } = meanEstimate(weights.map((weight) => Math.exp(weight - harmonicLogZ(3))));
  assert.ok(Math.abs(value - 1) < 4 * error && error < 0.02, `${value} +- ${error}`);
  const own = drawsWithin(mixing.joined, draws.map(densityOf)).flatMap(({ samples }) => [
    ...logWeights(target, samples, 3),
  ]);
  own.forEach((weight, i) => assert.ok(weights[i]! <= weight + Math.log(2) + TOLERANCE.f32));
});

test("a point that no flow has a density for has no weight", async () => {
  const draws = await drawAll([50, 50]);
  draws[1]!.samples.logQ[3] = NaN;
  const { joined } = await mixAll(draws);
  assert.equal(logWeights(target, joined, 1)[53], -Infinity);
});

const options = { ...SHORT_LADDER, ladder: [4, 3, 2, 2], iterations: 3 };

test("rungs learn from earlier draws too, and pay for their own alone", async () => {
  const rungs: Rung[] = [];
  let state = initAnneal(options, createRng(5).state());
  const before = target.evaluations.energies;
  while (state.remaining.length > 0) {
    const [next, info] = await stepAnneal(model, { ...options, reuse: 1 }, state);
    state = next;
    if (info.kind === "prepared") rungs.push(info.rung);
  }
  assert.deepEqual(
    rungs.map(({ samples, drawn }) => [samples.n, drawn]),
    [
      [200, 200],
      [400, 200],
      [400, 200],
    ],
  );
  assert.equal(target.evaluations.energies - before, 600);
  // The newest of one rung come first in the next.
  assert.deepEqual(rungs[2]!.samples.x.subarray(0, 400), rungs[1]!.samples.x.subarray(400));
  assert.deepEqual(
    state.past.map(({ samples }) => samples.n),
    [200],
  );
});

test("a reuse that is no number of draws is refused", async () => {
  const state = initAnneal(options, createRng(5).state());
  for (const reuse of [-1, 1.5, NaN]) {
    await assert.rejects(stepAnneal(model, { ...options, reuse }, state), /invalid reuse \(got .*expected how many/);
  }
});

test("a flow that is told temperatures reuses nothing", async () => {
  const told = createModel(target, { flow: { ...flow, temperatures: [2, 4] }, seed: 1, threads: 1 });
  const state = initAnneal(options, createRng(5).state());
  await assert.rejects(stepAnneal(told, { ...options, reuse: 1 }, state), /invalid reuse \(got 1 .* up to 4\)/);
  told.engine.close();
});
