import assert from "node:assert/strict";
import { after, test } from "node:test";
import { samplePrior } from "../../src/flow/prior";
import { createRng } from "../../src/numerics/random";
import { resampleSystematic } from "../../src/numerics/resample";
import { createMixtureTarget } from "../../src/target/gmm";
import { type Buffer, initForwardKl, stepForwardKl } from "../../src/train/forward-kl";
import { densityWeights, mixWithFlow } from "../../src/train/known-density";
import { createModel, logProb } from "../../src/train/model";
import { TOLERANCE } from "../tolerances";

const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const model = createModel(createMixtureTarget(), { flow, seed: 1, threads: 2 });
after(() => model.engine.close());

const n = 64;
const options = {
  batch: n,
  iterations: 1,
  schedule: { peak: 0, warmup: 0, floor: 0 },
  clipNorm: 100,
  weightDecay: 0,
};

test("a buffer is drawn from the mixture of what is wanted and the flow, with its densities", () => {
  const logWeights = Float64Array.from([-Infinity, Math.log(2), Math.log(4), Math.log(2), 0]);
  const logQ = Float64Array.from([-1, -2, -3, -4, NaN]);
  const { logPicks, densities } = mixWithFlow(logWeights.subarray(0, 4), logQ.subarray(0, 4), 0.25);
  const { logM, share } = densities;
  // Of mean weight 2 are 0, 1, 2, 1 of p / q0; of the mixture a quarter is q0.
  const mixed = [0.25, 1, 1.75, 1];
  for (const [i, m] of mixed.entries()) {
    assert.ok(Math.abs(logPicks[i]! - Math.log(m)) < TOLERANCE.f64);
    assert.ok(Math.abs(logM[i]! - (Math.log(m) + logQ[i]!)) < TOLERANCE.f64);
    assert.ok(Math.abs(share![i]! - [0, 1, 2, 1][i]! / m) < TOLERANCE.f64);
  }
  // A sample whose density is not a number is never picked.
  assert.equal(mixWithFlow(logWeights, logQ, 0.25).logPicks[4], -Infinity);
});

test("a point weighs (p - c q) / m, with the c of least squares, and the ratio q / m is cut", () => {
  const share = Float64Array.from([0, 1, 1, 2]);
  const logM = Float64Array.from([-1, -1, -1, -1]);
  const ratios = [1, 0, 5, 2];
  const weights = densityWeights([-1, -Infinity, 700, -1 + Math.log(2)], { logM, share });
  const factor = (5 + 4) / (1 + 25 + 4);
  weights.forEach((w, i) => assert.ok(Math.abs(w - (share[i]! - factor * ratios[i]!) / 4) < TOLERANCE.f32, `${w}`));
  // Where p, q and m are one, nothing is left.
  for (const w of densityWeights(logM, { logM, share: new Float64Array(4).fill(1) }))
    assert.ok(Math.abs(w) < TOLERANCE.f32);
});

test("points of p itself weigh the same whatever its norm, and less where the flow is above it", () => {
  const logP = Float64Array.from([-1, -2, -3, -4, -5]);
  const logQ = [-1.1, -1.9, -3, -2, -5.4];
  const weights = densityWeights(logQ, { logM: logP });
  const shifted = densityWeights(logQ, { logM: logP.map((v) => v + 500) });
  weights.forEach((w, i) => assert.ok(Math.abs(w - shifted[i]!) < TOLERANCE.f32, `${w}, ${shifted[i]}`));
  const order = [...weights.keys()].sort((a, b) => weights[a]! - weights[b]!);
  assert.deepEqual(order, [3, 1, 2, 0, 4]); // by log q - log p: 2, 0.1, 0, -0.1, -0.4
  // The largest ratio is cut at five medians; the median is 1.
  const factor = (5 + Math.exp(0.1) + 1 + Math.exp(-0.1) + Math.exp(-0.4)) / (25 + Math.exp(0.2) + 1 + Math.exp(-0.2) + Math.exp(-0.8)); // prettier-ignore
  assert.ok(Math.abs(weights[3]! - (1 - 5 * factor) / 5) < TOLERANCE.f32);
  // Where q is p but for its norm, nothing is left.
  for (const w of densityWeights(logP, { logM: logP.map((v) => v - 3) })) assert.ok(Math.abs(w) < TOLERANCE.f32);
});

// p = N(0, 1), q0 = q = N(a, 1): the gradient of KL(p || q) in a is a; that of -log q(x) is a - x.
test("weights have the gradient of maximum likelihood on average, with less noise", () => {
  const a = 0.3;
  const rng = createRng(11);
  const n = 200_000;
  const own = Float64Array.from({ length: n }, () => a + rng.normal());
  const logQ0 = own.map((v) => -((v - a) ** 2) / 2);
  const logWeights = own.map((v, i) => (-v * v) / 2 - logQ0[i]!);
  const moments = (terms: readonly number[]): [number, number] => {
    const average = terms.reduce((sum, v) => sum + v, 0) / terms.length;
    return [average, terms.reduce((sum, v) => sum + (v - average) ** 2, 0) / terms.length];
  };
  const ess = Math.exp(-a * a);
  const { logPicks, densities } = mixWithFlow(logWeights, logQ0, ess);
  const { logM, share } = densities;
  const picks = Array.from(resampleSystematic(logPicks, n, rng));
  const chosen = {
    logM: Float64Array.from(picks, (i) => logM[i]!),
    share: Float64Array.from(picks, (i) => share![i]!),
  };
  const weights = densityWeights(
    picks.map((i) => logQ0[i]!),
    chosen,
  );
  const [mean, variance] = moments(picks.map((i, k) => weights[k]! * n * (a - own[i]!)));
  const plain = moments(Array.from(resampleSystematic(logWeights, n, rng), (i) => a - own[i]!));
  assert.ok(Math.abs(mean - a) < 4 * Math.sqrt((2 * variance) / n), `${mean}`);
  assert.ok(Math.abs(plain[0] - a) < 4 * Math.sqrt((2 * plain[1]) / n), `${plain[0]}`);
  assert.ok(variance < 0.3 * plain[1], `${variance} of ${plain[1]}`);
});

// Of the mean of (p / q)^alpha over q, divided by alpha - 1, whose gradient in a is alpha a exp(alpha (alpha - 1) a^2 / 2).
test("with alpha the gradient on average is that of the alpha divergence", () => {
  const a = 0.3;
  const rng = createRng(12);
  const n = 200_000;
  const x = Array.from({ length: n }, () => rng.normal());
  const share = new Float64Array(n).fill(1);
  for (const alpha of [1, 1.5, 2]) {
    const densities = { logM: Float64Array.from(x, (v) => (-v * v) / 2), share, alpha };
    const weights = densityWeights(
      x.map((v) => -((v - a) ** 2) / 2),
      densities,
    );
    const terms = x.map((v, i) => weights[i]! * n * (a - v));
    const mean = terms.reduce((sum, v) => sum + v, 0) / n;
    const error = Math.sqrt(terms.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / n;
    const exact = alpha * a * Math.exp((alpha * (alpha - 1) * a * a) / 2);
    assert.ok(Math.abs(mean - exact) < 4 * error && error < 0.02 * exact, `${mean} for ${exact} at ${alpha}`);
  }
});

test("no point counts more than twenty times because the flow does not know it", () => {
  const [known, unknown] = densityWeights([0, -100], {
    logM: new Float64Array(2),
    share: Float64Array.of(1, 1),
    alpha: 2,
  });
  assert.ok(Math.abs(unknown! - 20 / 2) < TOLERANCE.f32 && Math.abs(known!) < TOLERANCE.f32, `${known}, ${unknown}`);
});

test("a flow that has the density of the points learns nothing from them, by maximum likelihood it does", async () => {
  const x = samplePrior(model.flow, n, createRng(3));
  const densities = { logM: await logProb(model, x, n), share: new Float64Array(n).fill(1) };
  const norm = async (buffer: Buffer): Promise<number> =>
    (await stepForwardKl(model, buffer, options, initForwardKl(createRng(4).state())))[1].gradientNorm;
  const plain = await norm({ x, dof: 2 });
  assert.ok(plain > 0.1, `${plain}`);
  assert.ok((await norm({ x, dof: 2, densities })) < TOLERANCE.f32 * plain);
});
