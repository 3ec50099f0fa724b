import assert from "node:assert/strict";
import { test } from "node:test";
import { samplePrior } from "../../src/flow/prior";
import { createRng } from "../../src/numerics/random";
import { createMixtureTarget } from "../../src/target/gmm";
import { createModel, type Model } from "../../src/train/model";
import { initPathKl, type PathKlOptions, stepPathKl } from "../../src/train/path-kl";
import { initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";

const flow = { couplings: 4, hidden: 16, layers: 1, bins: 8, seed: 0 };
const n = 64;

/** A flow that is no longer the identity. */
function perturbed(seed: number): Model {
  const model = createModel(createMixtureTarget(), { flow, seed, threads: 2 });
  const rng = createRng(seed, 7);
  const state = model.engine.state();
  model.engine.restore({ ...state, parameters: state.parameters.map((v) => v + 0.05 * rng.normal()) });
  return model;
}

// d/dtheta [log q(x(z)) - log p(x(z))] at a fixed z is the path gradient plus d log q / dtheta at a fixed x, the gradient of maximum likelihood
// with its sign changed. So the mean of path gradient and maximum likelihood is half of the first and the whole of the last: for any weights.
test("the gradient is the mean of the path gradient and of maximum likelihood", async () => {
  for (const seed of [1, 2, 3]) {
    const model = perturbed(seed);
    const { engine, programs, target } = model;
    const rng = createRng(seed);
    const z = samplePrior(model.flow, n, rng);
    const weight = Float32Array.from({ length: n }, () => rng.uniform() / n);
    const { x } = await engine.evaluate(programs.sample, { z }, n);
    const { gradient } = await target.gradients(x!, n, 20);
    const { slope } = await engine.evaluate(programs.logProbSlope, { x: x! }, n);
    const g = gradient.map((force, k) => force / 2 - slope![k]!);
    await engine.gradient(programs.reverseKl, { z }, n, () => Promise.resolve({ g: gradient, weight }));
    const reverse = await engine.lastGradient();
    await engine.gradient(programs.pathKl, { z }, n, () => Promise.resolve({ g, weight }));
    const path = await engine.lastGradient();
    await engine.gradient(programs.forwardKl, { x: x!, weight }, n);
    const likelihood = await engine.lastGradient();
    const rest = Math.hypot(...path.map((v, i) => v - (reverse[i]! / 2 + likelihood[i]!)));
    // Single precision, and the way to z and back.
    assert.ok(rest < 1e-3 * Math.hypot(...path), `${rest} of ${Math.hypot(...path)}`);
    // Or one part of the identity would be tested by none.
    for (const part of [reverse, likelihood]) assert.ok(Math.hypot(...part) > 0.01 * Math.hypot(...path));
    await engine.close();
  }
});

test("steps lower the divergence, cost a gradient a sample and repeat to the bit", async () => {
  const options: PathKlOptions = {
    temperature: 30,
    iterations: 150,
    batch: 128,
    schedule: { peak: 2e-3, warmup: 10, floor: 0 },
    clipNorm: 20,
    weightDecay: 0,
    maxWeight: 5,
  };
  const losses = async (): Promise<number[]> => {
    const model = createModel(createMixtureTarget(), { flow, seed: 1, threads: 2 });
    // The prior misses the outer modes: weights need a flow that is roughly right.
    let reverse = initReverseKl(createRng(2).state());
    const rough = { ...options, iterations: 60, drop: { first: 0, last: 0, iterations: 0 } };
    for (let i = 0; i < rough.iterations; i++) [reverse] = await stepReverseKl(model, rough, reverse);
    const before = model.target.evaluations.gradients;
    let state = initPathKl(createRng(3).state());
    const values: number[] = [];
    for (let i = 0; i < options.iterations; i++) {
      const [next, info] = await stepPathKl(model, options, state);
      state = next;
      assert.ok(info.applied && info.ess > 0 && info.ess <= 1);
      values.push(info.loss);
    }
    assert.equal(model.target.evaluations.gradients - before, options.iterations * options.batch);
    await model.engine.close();
    return values;
  };
  const [first, second] = [await losses(), await losses()];
  assert.deepEqual(first, second);
  const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  assert.ok(mean(first.slice(-50)) < mean(first.slice(0, 50)), `${mean(first.slice(-50))} ${mean(first.slice(0, 50))}`);
});
