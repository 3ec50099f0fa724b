import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { clipLogWeights, effectiveSamples, forwardEss, reverseEss } from "../../src/evaluate/ess";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

const folder = path.join(projectRoot(), "test/fixtures/metrics");
const logWeights = readNpyFloat64(path.join(folder, "log_weights.npy")).data;
const expected = JSON.parse(readFileSync(path.join(folder, "expected.json"), "utf8")) as Record<string, number>;

function close(actual: number, value: number | undefined): void {
  assert.ok(value !== undefined && Math.abs(actual / value - 1) < TOLERANCE.f64, `${actual} against ${value}`);
}

test("reverse and forward ESS agree with the original program", () => {
  close(reverseEss(logWeights), expected["reverse_ess_clip_1e4"]);
  close(reverseEss(logWeights, { clip: 1e-2 }), expected["reverse_ess_clip_1e2"]);
  close(reverseEss(logWeights, { clip: 0 }), expected["reverse_ess_no_clip"]);
  close(forwardEss(logWeights), expected["forward_ess"]);
});

test("the ESS of no samples is not a number, of one sample it is all of it", () => {
  assert.ok(Number.isNaN(reverseEss([])) && Number.isNaN(forwardEss([])));
  assert.deepEqual([reverseEss([-700]), forwardEss([-700]), effectiveSamples([-700])], [1, 1, 1]);
});

test("equal weights are all effective, wherever their level", () => {
  for (const level of [0, -1e6, 1e6]) close(reverseEss(new Float64Array(1000).fill(level)), 1);
});

test("weights without effect count as samples but not as effective ones", () => {
  assert.equal(effectiveSamples([0, -Infinity, 0, -Infinity]), 2);
  assert.equal(reverseEss([0, -Infinity, 0, -Infinity]), 0.5);
  assert.deepEqual([effectiveSamples([]), effectiveSamples([-Infinity]), reverseEss([-Infinity])], [0, 0, 0]);
});

test("log-normal weights have the ESS of the closed form", () => {
  // w = exp(s z): E[w]^2 / E[w^2] = exp(-s^2), forward and reverse alike; s = 0.5 keeps the noise of 2e5 samples below 1 %.
  const rng = createRng(21);
  const weights = Float64Array.from({ length: 200000 }, () => 0.5 * rng.normal());
  for (const ess of [reverseEss(weights), forwardEss(weights)]) {
    assert.ok(Math.abs(ess / Math.exp(-0.25) - 1) < 0.01, `${ess}`);
  }
});

test("clipping cuts what exceeds the k-th largest weight and leaves the input alone", () => {
  const weights = Float64Array.of(5, 1, 4, 2, 3);
  assert.deepEqual([...clipLogWeights(weights, 0.4)], [4, 1, 4, 2, 3]); // k = 2
  assert.deepEqual([...clipLogWeights(weights, 1)], [1, 1, 1, 1, 1]); // k = 5
  assert.deepEqual([...clipLogWeights(weights, 0.39)], [...weights]); // k = 1: nothing, as in the paper
  assert.deepEqual([...weights], [5, 1, 4, 2, 3]);
});

test("clipping agrees with sorting, ties and infinite weights included", () => {
  const rng = createRng(31);
  for (let round = 0; round < 60; round++) {
    const n = 1 + rng.integer(400);
    const weights = Float64Array.from({ length: n }, () => (rng.uniform() < 0.1 ? -Infinity : rng.integer(50) - 25));
    const fraction = rng.uniform();
    const k = Math.floor(n * fraction);
    const threshold = k > 1 ? [...weights].sort((a, b) => b - a)[k - 1]! : Infinity;
    const clipped = clipLogWeights(weights, fraction);
    assert.deepEqual([...clipped], [...weights.map((v) => Math.min(v, threshold))], `seed 31, round ${round}`);
  }
});

test("a weight that is not a number, or an impossible fraction, is refused", () => {
  assert.throws(() => reverseEss([0, NaN]), /invalid log weight 1 \(got NaN\); give invalid samples -Infinity/);
  assert.throws(() => clipLogWeights([0], 1.5), /invalid fraction \(got 1.5\)/);
  assert.throws(() => clipLogWeights([0], NaN), /invalid fraction/);
});
