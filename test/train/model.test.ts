import assert from "node:assert/strict";
import { after, test } from "node:test";
import { samplePrior } from "../../src/flow/prior";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { createSamples, samplesBetween } from "../../src/target/samples";
import { createModel, drawSamples, sampleFlow } from "../../src/train/model";

const target = createMixtureTarget();
const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const model = createModel(target, { flow, seed: 1, threads: 2 });
after(() => model.engine.close());
const { engine, programs } = model;

test("samples drawn in blocks are those drawn in one go, and leave the random stream where one go leaves it", async () => {
  const n = 3 * 32_768 + 777; // three blocks of both threads, and a rest
  const rng = createRng(4);
  const samples = await sampleFlow(model, n, rng);
  const reference = createRng(4);
  const { x, logQ } = await engine.evaluate(programs.sample, { z: samplePrior(model.flow, n, reference) }, n);
  const { energy, logDet } = await target.energies(x!, n);
  assert.deepEqual(samples, { n, dof: 2, x, logQ: Float64Array.from(logQ!), energy, logDet });
  assert.deepEqual(rng.state(), reference.state());
});

test("no samples are drawn, or one, with one evaluation each", async () => {
  for (const n of [0, 1]) {
    const before = target.evaluations.energies;
    const samples = await sampleFlow(model, n, createRng(4));
    assert.equal(samples.x.length, 2 * n);
    assert.ok(samples.energy.every(Number.isFinite));
    assert.equal(target.evaluations.energies - before, n);
  }
});

test("drawing fills the samples that it is given, and none beside them", async () => {
  const room = createSamples(5, 2);
  await drawSamples(model, samplesBetween(room, 1, 4), createRng(4));
  assert.deepEqual(samplesBetween(room, 1, 4), await sampleFlow(model, 3, createRng(4)));
  for (const i of [0, 4]) assert.deepEqual([...samplesBetween(room, i, i + 1).x], [0, 0]);
});
