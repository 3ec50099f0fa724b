import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { normalLogPdf, normalQuantile } from "../../src/numerics/special";
import { type Bounds, type Step, stepWeights, trustStep } from "../../src/train/trust-step";

/** Where the standard normal, the flow, has equal shares of its mass. */
const POINTS = Float64Array.from({ length: 200_000 }, (_, i) => normalQuantile((i + 0.5) / 200_000));
/** The midpoints stand for integrals to a few 1e-5; the points beyond the last one are missing. */
const MIDPOINTS = 1e-3;

/** The step from a standard normal towards one of this mean and standard deviation, whose density is not normalised. */
function gaussianStep(mean: number, deviation: number, bounds: Bounds): Step {
  const logQ = POINTS.map(normalLogPdf);
  const weights = POINTS.map((x, i) => 3 - 0.5 * ((x - mean) / deviation) ** 2 - logQ[i]!);
  return trustStep(weights, logQ, bounds);
}

function close(got: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${got}, not ${expected}`,
  );
}

test("between slack bounds the step is the target itself", () => {
  const step = gaussianStep(0.5, 0.8, { kl: 10, entropy: 10 });
  assert.deepEqual([step.tempering, step.share, step.lambda, step.eta], [1, 1, 0, 0]);
  close(step.kl, (0.64 + 0.25 - 1 - 2 * Math.log(0.8)) / 2, MIDPOINTS, "KL");
  close(step.entropyLoss, -Math.log(0.8), MIDPOINTS, "entropy");
});

test("two Gaussians of one width: the mean moves by sqrt(2 e), and no entropy is lost", () => {
  for (const kl of [0.02, 0.1, 0.4]) {
    const step = gaussianStep(3, 1, { kl, entropy: 1 });
    const share = Math.sqrt(2 * kl) / 3;
    close(step.share, share, MIDPOINTS, "share");
    close(step.lambda, 1 / share - 1, MIDPOINTS, "lambda");
    assert.deepEqual([step.tempering, step.eta], [1, 0]);
    close(step.kl, kl, 1e-8, "KL");
    close(step.entropyLoss, 0, MIDPOINTS, "entropy");
  }
});

test("two Gaussians of one mean: the bound on entropy alone tempers the narrow one to a width of exp(-h)", () => {
  const step = gaussianStep(0, 0.3, { kl: 10, entropy: 0.4 });
  const tempering = 0.3 ** 2 * Math.exp(2 * 0.4);
  close(step.tempering, tempering, MIDPOINTS, "tempering");
  close(step.eta, 1 / tempering - 1, 2 * MIDPOINTS, "eta"); // a quotient of the same
  assert.deepEqual([step.share, step.lambda], [1, 0]);
  close(step.entropyLoss, 0.4, 1e-8, "entropy");
});

test("two Gaussians, both bounds met: width and mean of the step follow from them", () => {
  const [mean, deviation, bounds] = [1.5, 0.4, { kl: 0.3, entropy: 0.2 }];
  // The step is normal: its width by the entropy, its mean by the KL, and both from the precisions 1 - share and tempering * share / deviation^2.
  const width = Math.exp(-bounds.entropy);
  const moved = Math.sqrt(2 * bounds.kl + 1 + 2 * Math.log(width) - width ** 2);
  const power = (moved * deviation ** 2) / (width ** 2 * mean);
  const share = 1 - 1 / width ** 2 + power / deviation ** 2;
  const step = gaussianStep(mean, deviation, bounds);
  close(step.share, share, MIDPOINTS, "share");
  close(step.tempering, power / share, MIDPOINTS, "tempering");
  assert.ok(step.lambda > 0.1 && step.eta > 0.1, `${step.lambda}, ${step.eta}`);
  close(step.kl, bounds.kl, 1e-8, "KL");
  close(step.entropyLoss, bounds.entropy, 1e-8, "entropy");
});

/** KL and loss of entropy of the step, and its KL to the target but for log Z, by plain sums over the samples. */
function plainSums(weights: Float64Array, logQ: Float64Array, step: Pick<Step, "tempering" | "share">): number[] {
  const valid = [...weights.keys()].filter((i) => weights[i]! > -Infinity);
  const ratios = stepWeights(weights, logQ, step);
  const largest = Math.max(...ratios);
  const total = valid.reduce((sum, i) => sum + Math.exp(ratios[i]! - largest), 0);
  const mean = (of: (i: number) => number): number =>
    valid.reduce((sum, i) => sum + (Math.exp(ratios[i]! - largest) / total) * of(i), 0);
  // log(q'/q) of a sample, with its constant.
  const log = (i: number): number => ratios[i]! - largest - Math.log(total / valid.length);
  const kl = mean(log);
  const entropy = -valid.reduce((sum, i) => sum + logQ[i]! / valid.length, 0);
  return [kl, entropy + mean((i) => log(i) + logQ[i]!), kl - mean((i) => weights[i]!)];
}

test("over random samples, clashes and bounds: bounds hold, with equality where a multiplier is not 0, and nothing within is nearer", () => {
  for (let seed = 0; seed < 60; seed++) {
    const rng = createRng(seed);
    const n = 200;
    const logQ = Float64Array.from({ length: n }, () => -40 + 5 * rng.normal());
    // Up to nine samples of ten clash, by 1e8 kT, as with an untrained flow; some are invalid.
    const clash = 0.9 * rng.uniform();
    const spread = 10 ** (2 * rng.uniform() - 1);
    const weights = logQ.map((l) => {
      if (rng.uniform() < 0.05) return -Infinity;
      return rng.uniform() < clash ? -1e8 * rng.uniform() : 100 - 0.3 * l + spread * rng.normal();
    });
    const bounds = { kl: 10 ** (2 * rng.uniform() - 1.5), entropy: 10 ** (3 * rng.uniform() - 2) };
    const step = trustStep(weights, logQ, bounds);
    const { lambda, eta } = step;
    const [kl, loss, toTarget] = plainSums(weights, logQ, step) as [number, number, number];
    const place = `seed ${seed}, ${JSON.stringify({ step, bounds })}`;
    const tolerance = 1e-8;
    assert.ok(kl <= bounds.kl + tolerance && loss <= bounds.entropy + tolerance, place);
    if (lambda > 0) close(kl, bounds.kl, tolerance, place);
    if (eta > 0) close(loss, bounds.entropy, tolerance, place);
    // No other point within the bounds is nearer to the target: not any of a family that has this one as a member.
    for (let other = 0; other < 20; other++) {
      const [otherKl, otherLoss, otherToTarget] = plainSums(weights, logQ, {
        tempering: step.tempering ** (2 * rng.uniform()) * (1 - 0.1 * rng.uniform()),
        share: step.share ** (2 * rng.uniform()) * (1 - 0.1 * rng.uniform()),
      }) as [number, number, number];
      if (otherKl > bounds.kl || otherLoss > bounds.entropy) continue;
      assert.ok(
        otherToTarget >= toTarget - tolerance * Math.max(1, Math.abs(toTarget)),
        `${place} ${otherToTarget} ${toTarget}`,
      );
    }
  }
});

test("a sample alone is the target, and what cannot be stepped on is refused", () => {
  const one = Float64Array.of(-3);
  const step = trustStep(one, one, { kl: 0.1, entropy: 0.1 });
  assert.deepEqual([step.kl, step.entropyLoss, step.lambda, step.eta], [0, 0, 0, 0]);
  assert.throws(() => trustStep(one, one, { kl: 0, entropy: 1 }), /invalid bounds \(got KL 0, entropy 1\)/);
  assert.throws(() => trustStep(one, one, { kl: 1, entropy: NaN }), /invalid bounds/);
  assert.throws(
    () => trustStep(Float64Array.of(-Infinity), one, { kl: 1, entropy: 1 }),
    /missing samples \(got 1, none/,
  );
});
