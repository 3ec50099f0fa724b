import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineState } from "../../src/engine/engine";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { moveAverage } from "../../src/train/average";
import { type ForwardKlState, initForwardKl, stepForwardKl } from "../../src/train/forward-kl";
import { createModel, type Model } from "../../src/train/model";
import { TOLERANCE } from "../tolerances";

const OPTIONS = {
  iterations: 30,
  batch: 16,
  schedule: { peak: 1e-2, warmup: 0, floor: 1e-2 },
  clipNorm: 100,
  weightDecay: 0,
};

const BUFFER = { x: Float32Array.from({ length: 200 }, createRng(1).uniform), dof: 2 };

const start = (): Model =>
  createModel(createMixtureTarget(), {
    flow: { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 },
    seed: 1,
    threads: 1,
  });

/** Trains to the end; also what the parameters were after each iteration, and half-way all that a checkpoint holds. */
async function train({
  averageDecay,
  from = initForwardKl(createRng(2).state()),
  engine: stored,
}: {
  readonly averageDecay: number | null;
  readonly from?: ForwardKlState;
  readonly engine?: EngineState;
}) {
  const model = start();
  const { engine } = model;
  if (stored) engine.restore(stored);
  const parameters = [];
  let [state, half] = [from, { state: from, engine: engine.state() }];
  while (state.iteration < OPTIONS.iterations) {
    [state] = await stepForwardKl(model, BUFFER, { ...OPTIONS, averageDecay }, state);
    parameters.push(engine.state().parameters);
    if (state.iteration === OPTIONS.iterations / 2) half = structuredClone({ state, engine: engine.state() });
  }
  await engine.close();
  return { parameters, half, state, end: parameters.at(-1)! };
}

test("the average is that of the sum it stands for, from the first parameters on", () => {
  const rng = createRng(3);
  const [decay, n, length] = [0.9, 25, 7];
  const all = Array.from({ length: n }, () => Float32Array.from({ length }, rng.normal));
  const given = all[0]!.slice();
  let average: Float32Array | null = null;
  for (const [i, parameters] of all.entries()) average = moveAverage(average, parameters, decay, i + 1);
  assert.deepEqual(all[0], given);
  for (let k = 0; k < length; k++) {
    const weighted = all.reduce((sum, parameters, i) => sum + decay ** (n - 1 - i) * parameters[k]!, 0);
    const expected = ((1 - decay) * weighted) / (1 - decay ** n);
    assert.ok(Math.abs(average![k]! - expected) < TOLERANCE.f32, `${average![k]} for ${expected}`);
  }
});

test("a stage ends with the average of what it went through, and trains as it would without", async () => {
  const [plain, averaged, none] = await Promise.all([0.8, 0, null].map((averageDecay) => train({ averageDecay })));
  // The last iteration of the averaged stage gives the average in the place of its own parameters, which the plain one shows.
  assert.deepEqual(plain!.parameters.slice(0, -1), none!.parameters.slice(0, -1));
  let expected: Float32Array | null = null;
  for (const [i, parameters] of none!.parameters.entries()) expected = moveAverage(expected, parameters, 0.8, i + 1);
  assert.deepEqual(plain!.end, expected);
  assert.notDeepEqual(plain!.end, none!.end);
  assert.equal(plain!.state.average, null);
  // A decay of 0 remembers the last alone, but for rounding.
  averaged!.end.forEach((p, i) => assert.ok(Math.abs(p - none!.end[i]!) < TOLERANCE.f32));
});

test("half a stage and the rest of it end with the same bits", async () => {
  const whole = await train({ averageDecay: 0.8 });
  const rest = await train({ averageDecay: 0.8, from: whole.half.state, engine: whole.half.engine });
  assert.deepEqual(rest.end, whole.end);
});

test("an average of parameters that were lost begins again where training does", async () => {
  const model = start();
  const { engine } = model;
  let state = initForwardKl(createRng(2).state());
  const options = { ...OPTIONS, averageDecay: 0.8, iterations: 200 };
  while (state.iteration < options.iterations) {
    if (state.iteration === 110) {
      const { parameters, ...rest } = engine.state();
      engine.restore({ ...rest, parameters: parameters.map((p, i) => (i === 0 ? NaN : p)) });
    }
    [state] = await stepForwardKl(model, BUFFER, options, state);
  }
  assert.ok(engine.state().parameters.every(Number.isFinite));
  await engine.close();
});

test("a decay that is none is refused", async () => {
  for (const averageDecay of [1, -0.1, NaN]) {
    await assert.rejects(
      train({ averageDecay }),
      /^RangeError: average: invalid averageDecay \(got .*expected a number from 0/,
    );
  }
});
