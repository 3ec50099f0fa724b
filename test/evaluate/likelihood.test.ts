import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardLikelihood, isScored, reverseLikelihood } from "../../src/evaluate/likelihood";
import { createRng } from "../../src/numerics/random";
import { normalLogPdf } from "../../src/numerics/special";
import { logWeights, type Samples } from "../../src/target/samples";
import { setOf } from "./sets";

// p~ = exp(-x^2 / 2) with Z = sqrt(2 pi); q = N(0, WIDTH^2). A log-det of 3 stands for coordinates stretched by e^3: x / e^3 is what is stored.
const WIDTH = 1.3;
const LOG_DET = 3;
const target = { boltzmann: 1 };

/** Points of width 1 (the target) or of WIDTH (the flow), with log q. */
function gaussian(n: number, width: number, seed: number): Samples {
  const rng = createRng(seed);
  const points = Float64Array.from({ length: n }, () => width * rng.normal());
  const set = setOf(Float32Array.from(points, (y) => y * Math.exp(-LOG_DET)), 1, points.map((y) => (y * y) / 2)); // prettier-ignore
  const logQ = points.map((y) => normalLogPdf(y / WIDTH) - Math.log(WIDTH) + LOG_DET);
  return { ...set, logDet: new Float64Array(n).fill(LOG_DET), logQ };
}

/** E_p[p / q] = E_q[(p / q)^2] = s^2 / sqrt(2 s^2 - 1), whose inverse is the ESS both ways. */
const ESS = Math.sqrt(2 * WIDTH ** 2 - 1) / WIDTH ** 2;
const LOG_Z = 0.5 * Math.log(2 * Math.PI);
/** KL(p || q) and KL(q || p) of centred Gaussians. */
const KL_FORWARD = Math.log(WIDTH) + 0.5 / WIDTH ** 2 - 0.5;
const KL_REVERSE = -Math.log(WIDTH) + 0.5 * WIDTH ** 2 - 0.5;

function within(actual: { value: number; error: number }, exact: number): void {
  assert.ok(actual.error > 0 && Math.abs(actual.value - exact) < 4 * actual.error, `${actual.value} +- ${actual.error} against ${exact}`); // prettier-ignore
}

test("samples of the target give NLL, EUBO and forward ESS of the closed form, the NLL in Cartesian coordinates", () => {
  const { ess, eubo, nll } = forwardLikelihood(target, gaussian(50_000, 1, 1), 1);
  within(nll, 0.5 * Math.log(2 * Math.PI) + Math.log(WIDTH) + 0.5 / WIDTH ** 2);
  within(eubo, LOG_Z + KL_FORWARD);
  assert.ok(Math.abs(ess / ESS - 1) < 0.01, `${ess}`);
  // The variance of x^2 / 2 (1 - 1 / s^2) is (1 - 1 / s^2)^2 / 2.
  const exact = (1 - 1 / WIDTH ** 2) / Math.sqrt(2 * 50_000);
  assert.ok(Math.abs(eubo.error / exact - 1) < 0.4, `${eubo.error} against ${exact}`); // 4 times 1 / sqrt(2 * 50)
});

test("samples of the flow give log Z, ELBO and reverse ESS of the closed form", () => {
  const { ess, logZ, elbo, excluded } = reverseLikelihood(
    logWeights(target, gaussian(50_000, WIDTH, 2), 1),
    createRng(3),
  );
  within(logZ, LOG_Z);
  within(elbo, LOG_Z - KL_REVERSE);
  assert.ok(Math.abs(ess / ESS - 1) < 0.01, `${ess}`);
  assert.equal(excluded, 0);
});

test("clashing and invalid samples are left out of the ELBO and counted", () => {
  const { elbo, excluded } = reverseLikelihood(Float64Array.of(0, 0, -1e6, -Infinity), createRng(3));
  assert.deepEqual([elbo.value, excluded], [0, 2]);
});

test("a sample of the target that the flow cannot give makes the bounds infinite", () => {
  const samples = gaussian(100, 1, 4);
  samples.logQ[7] = -Infinity;
  const { eubo, nll } = forwardLikelihood(target, samples, 1);
  assert.deepEqual([eubo.value, nll.value], [Infinity, Infinity]);
});

test("a set is scored if it has log q", () => {
  assert.ok(isScored(gaussian(1, 1, 5)));
  assert.ok(!isScored(setOf(new Float32Array(1), 1)));
});
