import assert from "node:assert/strict";
import { test } from "node:test";
import { samplePrior } from "../../src/flow/prior";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { logDensity, type Target } from "../../src/target/target";
import { createModel, type Model } from "../../src/train/model";
import { dropCount, initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";

const flow = { couplings: 4, hidden: 16, layers: 1, bins: 8, seed: 0 };
const options = {
  iterations: 10,
  batch: 32,
  drop: { first: 16, last: 4, iterations: 5 },
  schedule: { peak: 1e-3, warmup: 0, floor: 1e-3 },
  clipNorm: 100,
  weightDecay: 0,
};

/** Mean of log q - log p at fixed latent points. */
async function loss(
  { engine, programs, target }: Model,
  z: Float32Array,
  n: number,
  temperature: number,
): Promise<number> {
  const { x, logQ } = await engine.evaluate(programs.sample, { z }, n);
  const { energy, logDet } = await target.energies(x!, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (logQ![i]! - logDensity(target, energy[i]!, logDet[i]!, temperature)) / n;
  return sum;
}

// The mixture at its own hottest rung; a molecule at a temperature so high that the clashes of an untrained flow are harmless.
const CASES: readonly (readonly [string, () => Target, number])[] = [
  ["the mixture", createMixtureTarget, 30],
  ["alanine dipeptide", () => createTarget(loadSystem("aldp"), { threads: 0 }), 1e5],
];
for (const [name, make, temperature] of CASES) {
  test(`the gradient through the seam is that of the loss: ${name}`, async () => {
    const target = make();
    const model = createModel(target, { flow, seed: 5, threads: 2 });
    const { engine, programs } = model;
    const n = 16;
    const rng = createRng(8);
    const z = samplePrior(model.flow, n, rng);
    // Bonds near their minimum: their springs would leave nothing of single precision.
    for (let i = 0; i < z.length; i++)
      if (target.channels[i % target.dof] !== "torsion") z[i] = 0.5 + 0.3 * (z[i]! - 0.5);
    const start = engine.state();
    const state = { ...start, parameters: start.parameters.map((v) => v + 0.02 * rng.normal()) };
    engine.restore(state);
    await engine.gradient(programs.reverseKl, { z }, n, async ({ x }) => {
      const { gradient } = await target.gradients(x!, n, temperature);
      return { g: gradient, weight: new Float32Array(n).fill(1 / n) };
    });
    const gradient = await engine.lastGradient();
    const norm = Math.hypot(...gradient);
    const h = 1e-3;
    const along = async (step: number): Promise<number> => {
      engine.restore({ ...state, parameters: state.parameters.map((v, i) => v + (step * gradient[i]!) / norm) });
      return loss(model, z, n, temperature);
    };
    const numeric = ((await along(h)) - (await along(-h))) / (2 * h);
    assert.ok(Math.abs(numeric - norm) < 0.01 * norm, `${norm} against ${numeric}`); // single precision on both sides
    await engine.close();
  });
}

test("a step drops the highest energies, counts its evaluations and lowers the loss in time", async () => {
  const target = createMixtureTarget();
  const model = createModel(target, { flow, seed: 1, threads: 2 });
  let state = initReverseKl(createRng(2).state());
  const losses: number[] = [];
  for (let i = 0; i < 60; i++) {
    const [next, info] = await stepReverseKl(model, { ...options, temperature: 30, iterations: 60 }, state);
    state = next;
    losses.push(info.loss);
    assert.ok(info.applied && info.invalid === 0);
  }
  assert.equal(target.evaluations.gradients, 60 * options.batch);
  const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  assert.ok(mean(losses.slice(-10)) < mean(losses.slice(0, 10)));
  await model.engine.close();
});

test("the share of dropped samples falls linearly", () => {
  const drop = { first: 256, last: 10, iterations: 300 };
  assert.deepEqual(
    [0, 150, 300, 1000].map((i) => dropCount(drop, i)),
    [256, 133, 10, 10],
  );
  assert.equal(dropCount({ first: 0, last: 5, iterations: 0 }, 0), 5);
});
