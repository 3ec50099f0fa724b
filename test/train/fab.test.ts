import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { placeWalkers } from "../../src/sample/walkers";
import { createBatchEvaluator, createCountedTarget } from "../../src/target/batch";
import { createMixtureKernel, type Mixture } from "../../src/target/gmm";
import { logWeights } from "../../src/target/samples";
import type { Target } from "../../src/target/target";
import { bridgeSpace } from "../../src/train/bridge";
import { type FabOptions, initFab, stepFab } from "../../src/train/fab";
import { createModel, sampleFlow } from "../../src/train/model";
import { initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";
import { reverseEss } from "../../src/evaluate/ess";
import { estimateLogZ } from "../../src/evaluate/logz";

/** Six narrow Gaussians on [-50, 50]^2, all but one where the untrained flow has little. */
const MIXTURE: Mixture = {
  modes: 6,
  means: Float64Array.of(-18, -14, 17, -16, 0, 3, -16, 17, 18, 15, -3, -22),
  scales: new Float64Array(12).fill(1.5),
};
const target = (): Target =>
  createCountedTarget(
    { name: "six", dof: 2, channels: ["bond", "bond"], boltzmann: 1 },
    createBatchEvaluator(createMixtureKernel(MIXTURE)),
  );
const flow = { couplings: 6, hidden: 32, layers: 1, bins: 12, seed: 0 };
const TRAINING = { batch: 256, clipNorm: 100, weightDecay: 0, schedule: { peak: 3e-3, warmup: 20, floor: 0 } };
const FAB: FabOptions = {
  ...TRAINING,
  temperature: 1,
  iterations: 640,
  ais: { levels: 1, leapfrogs: 1, jitter: 0 },
  stepSize: 0.02,
  acceptance: 0.65,
  updates: 8,
  leastBatches: 9,
  mostBatches: 32,
  adjustClip: 10,
};

/** How many modes hold between half and twice their share of the samples. */
function modesFound(x: Float32Array, n: number): number {
  const counts = new Array<number>(MIXTURE.modes).fill(0);
  for (let i = 0; i < n; i++) {
    const distances = counts.map((_, mode) =>
      [0, 1].reduce((sum, k) => sum + (100 * (x[2 * i + k]! - 0.5) - MIXTURE.means[2 * mode + k]!) ** 2, 0),
    );
    counts[distances.indexOf(Math.min(...distances))]!++;
  }
  return counts.filter((count) => count > n / 12 && count < n / 3).length;
}

test("on a small mixture FAB finds every mode, where reverse KL does not", async () => {
  const [fab, reverse] = [target(), target()].map((t) => createModel(t, { flow, seed: 1, threads: 2 }));
  let state = initFab(fab!, FAB, createRng(3).state());
  let rounds = 0;
  while (state.iteration < FAB.iterations) {
    const [next, info] = await stepFab(fab!, FAB, state);
    state = next;
    rounds++;
    assert.equal(info.updates, rounds < FAB.leastBatches ? 0 : 8);
  }
  assert.equal(rounds, FAB.leastBatches - 1 + FAB.iterations / 8);
  assert.deepEqual(fab!.target.evaluations, { energies: 0, gradients: rounds * 2 * FAB.batch });

  const options = { ...TRAINING, temperature: 1, iterations: 640, drop: { first: 0, last: 0, iterations: 0 } };
  let other = initReverseKl(createRng(3).state());
  while (other.iteration < options.iterations) [other] = await stepReverseKl(reverse!, options, other);

  const n = 20_000;
  const samples = await sampleFlow(fab!, n, createRng(4));
  const missing = await sampleFlow(reverse!, n, createRng(4));
  const weights = logWeights(fab!.target, samples, 1);
  assert.equal(modesFound(samples.x, n), 6);
  assert.ok(modesFound(missing.x, n) < 6, `${modesFound(missing.x, n)} modes by reverse KL`);
  assert.ok(reverseEss(weights) > 0.5, `ESS ${reverseEss(weights)}`);
  const { value, error } = estimateLogZ(weights, createRng(5));
  assert.ok(Math.abs(value) < 4 * error + 0.01, `log Z ${value} +- ${error}, exactly 0`);
  await Promise.all([fab!.engine.close(), reverse!.engine.close()]);
});

test("points that cannot be evaluated are never learned from; a buffer of nothing else is an error, as is one too small", async () => {
  const kernel = createMixtureKernel(MIXTURE);
  const broken = (isInvalid: (x: number) => boolean): Target =>
    createCountedTarget(
      { name: "broken", dof: 2, channels: ["bond", "bond"], boltzmann: 1 },
      createBatchEvaluator({
        ...kernel,
        evaluate(x, offset, points, withGradient) {
          kernel.evaluate(x, offset, points, withGradient);
          if (isInvalid(x[offset]!)) points[0]!.energy = NaN;
        },
      }),
    );
  const options = { ...FAB, batch: 32, updates: 2, leastBatches: 2, mostBatches: 4 };
  const half = createModel(
    broken((x) => x > 0.5),
    { flow, seed: 1, threads: 1 },
  );
  let state = initFab(half, options, createRng(1).state());
  const updates: number[] = [];
  for (let round = 0; round < 4; round++) {
    const [next, info] = await stepFab(half, options, state);
    state = next;
    updates.push(info.updates);
    assert.ok(info.invalid > 4 && info.invalid < 28);
  }
  const { batches, logWeights: weights } = state.replay;
  assert.equal(updates[0], 0);
  assert.equal(updates.at(-1), Math.min(2, Math.floor(weights.filter((w) => w > -Infinity).length / 32)));
  batches.forEach((x, b) =>
    x.forEach((v, k) => k % 2 === 0 && assert.ok(v <= 0.5 || weights[32 * b + k / 2] === -Infinity)),
  );
  assert.ok((await half.engine.lastGradient()).every(Number.isFinite));

  const none = createModel(
    broken(() => true),
    { flow, seed: 1, threads: 1 },
  );
  const train = async (): Promise<void> => {
    let other = initFab(none, options, createRng(1).state());
    for (let round = 0; round < 4; round++) [other] = await stepFab(none, options, other);
  };
  await assert.rejects(train(), /fab: missing points \(got fewer than 32 that could be evaluated in 4 batches\)/);
  assert.throws(
    () => initFab(none, { ...options, leastBatches: 1 }, createRng(1).state()),
    /invalid buffer \(got 1 to 4/,
  );
  await Promise.all([half.engine.close(), none.engine.close()]);
});

test("the bridge's energy is twice log q - log p with its gradient, and its log-det log q", async () => {
  const model = createModel(target(), { flow, seed: 1, threads: 1 });
  const space = bridgeSpace(model, 3);
  // Points with f32 coordinates, near modes: elsewhere log p runs to thousands, and single precision leaves nothing of a difference.
  const x = Float64Array.from(Float32Array.of(0.21, 0.26, 0.49, 0.54, 0.79, 0.73));
  const { energy, logDet, energyGradient, logDetGradient } = await placeWalkers(space, x);
  const { logQ } = await model.engine.evaluate(model.programs.logProb, { x: Float32Array.from(x) }, 3);
  const { energy: minusLogP, logDet: scaling } = await model.target.energies(Float32Array.from(x), 3);
  const close = (a: number, b: number, tolerance: number): void =>
    assert.ok(Math.abs(a - b) < tolerance * (1 + Math.abs(b)), `${a}, ${b}`);
  for (let i = 0; i < 3; i++) {
    close(logDet[i]!, logQ![i]!, 1e-6);
    close(energy[i]!, 2 * (logQ![i]! + minusLogP[i]! / 3 - scaling[i]!), 1e-6);
  }
  const h = 2 ** -9; // of a flow that is the identity, whose log q is quadratic
  for (let k = 0; k < 6; k++) {
    const at = async (step: number) =>
      placeWalkers(
        space,
        x.map((v, j) => (j === k ? v + step : v)),
      );
    const [up, down] = [await at(h), await at(-h)];
    const i = Math.floor(k / 2);
    close((up.energy[i]! - down.energy[i]!) / (2 * h), energyGradient[k]!, 1e-2);
    close((up.logDet[i]! - down.logDet[i]!) / (2 * h), logDetGradient[k]!, 1e-2);
  }
  await model.engine.close();
});
