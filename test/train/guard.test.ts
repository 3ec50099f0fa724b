import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { EngineState } from "../../src/engine/engine";
import { readCheckpoint, writeCheckpoint } from "../../src/io/checkpoint";
import { createRng } from "../../src/numerics/random";
import { createBatchEvaluator, createCountedTarget } from "../../src/target/batch";
import { createMixtureKernel, createMixtureTarget, loadMixture } from "../../src/target/gmm";
import { initFab, stepFab } from "../../src/train/fab";
import { initForwardKl, stepForwardKl } from "../../src/train/forward-kl";
import { createModel, type Model } from "../../src/train/model";
import { initReverseKl, type ReverseKlState, stepReverseKl } from "../../src/train/reverse-kl";
import { learningRate } from "../../src/train/schedule";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-guard-"));
after(() => rmSync(folder, { recursive: true }));

const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const FORWARD = {
  iterations: 220,
  batch: 16,
  schedule: { peak: 1e-3, warmup: 0, floor: 0 },
  clipNorm: 100,
  weightDecay: 0,
};
const REVERSE = { ...FORWARD, temperature: 30, drop: { first: 0, last: 0, iterations: 0 } };

/** The mixture, all of whose energies are NaN while `isBroken`; its model is closed by the caller. */
function breakable(): { model: Model; set(isBroken: boolean): void } {
  const kernel = createMixtureKernel(loadMixture());
  const { name, dof, channels, boltzmann } = createMixtureTarget();
  let isBroken = false;
  const evaluate = createBatchEvaluator({
    ...kernel,
    evaluate(x, offset, points, withGradient) {
      kernel.evaluate(x, offset, points, withGradient);
      if (isBroken) for (const point of points) point.energy = NaN;
    },
  });
  const target = createCountedTarget({ name, dof, channels, boltzmann }, evaluate);
  return {
    model: createModel(target, { flow, seed: 1, threads: 1 }),
    set: (value) => void (isBroken = value),
  };
}

/** Steps of reverse KL up to `end`, the target broken in the iterations [from, to). */
async function train(
  { model, set }: ReturnType<typeof breakable>,
  state: ReverseKlState,
  end: number,
  [from, to]: readonly [number, number],
) {
  const infos = [];
  while (state.iteration < end) {
    set(state.iteration >= from && state.iteration < to);
    const [next, info] = await stepReverseKl(model, REVERSE, state);
    state = next;
    infos.push(info);
  }
  return { state, infos };
}

const start = (): ReverseKlState => initReverseKl(createRng(2).state());

test("ten bad batches in a row take training back to the last good state, at half the rate; nine do not", async () => {
  const broken = breakable();
  const { engine } = broken.model;
  const nine = await train(broken, start(), 100, [20, 29]);
  assert.ok(nine.infos.every(({ rollback }) => rollback === null));
  assert.deepEqual(
    nine.infos.filter(({ applied }) => !applied).map(({ iteration }) => iteration),
    [20, 21, 22, 23, 24, 25, 26, 27, 28],
  );
  const good = engine.state();
  const ten = await train(broken, nine.state, 115, [105, 115]);
  assert.deepEqual(ten.infos.at(-1)!.rollback, { iteration: 114, to: 100, scale: 0.5 });
  assert.ok(ten.infos.slice(0, -1).every(({ rollback }) => rollback === null));
  assert.deepEqual(engine.state(), good);
  const rest = await train(broken, ten.state, 220, [0, 0]);
  for (const { iteration, learningRate: rate, applied } of rest.infos) {
    assert.equal(rate, 0.5 * learningRate(REVERSE.schedule, iteration, REVERSE.iterations));
    assert.ok(applied);
  }
  assert.equal(rest.state.guard, null);
  await engine.close();
});

test("a checkpoint amid bad batches goes on to the same return and the same bits", async () => {
  const [whole, resumed] = [breakable(), breakable()];
  const half = await train(whole, start(), 110, [105, 120]);
  const file = path.join(folder, "amid.safetensors");
  writeCheckpoint(file, { state: half.state, engine: whole.model.engine.state() });
  const stored = readCheckpoint(file) as { state: ReverseKlState; engine: EngineState };
  resumed.model.engine.restore(stored.engine);
  const [a, b] = [await train(whole, half.state, 220, [105, 120]), await train(resumed, stored.state, 220, [105, 120])];
  assert.deepEqual(b, a);
  assert.deepEqual(
    a.infos.flatMap(({ rollback }) => rollback ?? []),
    [{ iteration: 114, to: 100, scale: 0.5 }],
  );
  assert.deepEqual(resumed.model.engine.state(), whole.model.engine.state());
  await Promise.all([whole.model.engine.close(), resumed.model.engine.close()]);
});

test("a state without a guard, as old checkpoints hold it, is gone on with", async () => {
  const broken = breakable();
  const old = { iteration: 7, rng: createRng(2).state() } as ReverseKlState;
  const { state } = await train(broken, old, 9, [0, 0]);
  assert.equal(state.guard!.iteration, 7);
  await broken.model.engine.close();
});

test("parameters that are not finite take training back although loss and gradient do not show them, at the end too", async () => {
  const { model } = breakable();
  const { engine } = model;
  const rng = createRng(4);
  const x = Float32Array.from({ length: 200 }, () => rng.uniform());
  const buffer = { x, dof: 2, picks: Uint32Array.from({ length: 100 }, (_, i) => i) };
  let state = initForwardKl(rng.state());
  const returns = [];
  while (state.iteration < FORWARD.iterations) {
    // A second moment that is Infinity: its parameter stands still, and only a look at the vectors finds it.
    if (state.iteration === 150 || state.iteration === FORWARD.iterations - 1) {
      const { second, ...rest } = engine.state();
      engine.restore({ ...rest, second: second.map((v, i) => (i === 0 ? Infinity : v)) });
    }
    const [next, info] = await stepForwardKl(model, buffer, FORWARD, state);
    assert.ok(info.applied && Number.isFinite(info.loss));
    if (info.rollback) returns.push(info.rollback);
    state = next;
  }
  assert.deepEqual(returns, [
    { iteration: 200, to: 100, scale: 0.5 },
    { iteration: 219, to: 201, scale: 0.25 },
  ]);
  assert.ok(engine.state().second.every(Number.isFinite));
  await engine.close();
});

const FAB = {
  ...FORWARD,
  temperature: 30,
  ais: { levels: 1, leapfrogs: 1, jitter: 0 },
  stepSize: 0.02,
  acceptance: 0.65,
  updates: 2,
  leastBatches: 2,
  mostBatches: 100,
  adjustClip: 10,
};
const BUFFER = { x: Float32Array.of(0.2, 0.3, 0.6, 0.7), dof: 2, picks: Uint32Array.of(0, 1) };
const TOO_FAST = { schedule: { peak: 1e30, warmup: 0, floor: 1e30 }, iterations: 1000 };
const METHODS = {
  "reverse KL": async (model: Model) => {
    let state = start();
    while (state.iteration < 1000) [state] = await stepReverseKl(model, { ...REVERSE, ...TOO_FAST }, state);
  },
  "forward KL": async (model: Model) => {
    let state = initForwardKl(createRng(2).state());
    while (state.iteration < 1000) [state] = await stepForwardKl(model, BUFFER, { ...FORWARD, ...TOO_FAST }, state);
  },
  FAB: async (model: Model) => {
    let state = initFab(model, FAB, createRng(2).state());
    while (state.iteration < 1000) [state] = await stepFab(model, { ...FAB, ...TOO_FAST }, state);
  },
};
for (const [name, run] of Object.entries(METHODS)) {
  test(`steps that no halving makes small enough end in words, and with finite parameters: ${name}`, async () => {
    const { model } = breakable();
    await assert.rejects(run(model), /^Error: train: invalid updates \(got .* for the 6th time.*smaller peak/);
    assert.ok(model.engine.state().parameters.every(Number.isFinite));
    await model.engine.close();
  });
}
