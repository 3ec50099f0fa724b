import assert from "node:assert/strict";
import { test } from "node:test";
import { basinShare } from "../../src/evaluate/basin";
import { createRng } from "../../src/numerics/random";

test("samples and weight are counted apart", () => {
  const share = basinShare([0, Math.log(3), 0, 0], (i) => i === 1, { blocks: 2 });
  assert.equal(share.sampled, 0.25);
  assert.ok(Math.abs(share.reweighted - 0.5) < 1e-12);
  assert.deepEqual([share.samples, share.effective], [1, 1]);
});

test("an empty basin has share zero with no error and no effective samples", () => {
  const share = basinShare(new Float64Array(100), () => false);
  const nothing = { sampled: 0, sampledError: 0, reweighted: 0, reweightedError: 0, samples: 0, effective: 0 };
  assert.deepEqual(share, nothing);
});

test("the whole space has share one", () => {
  const { sampled, reweighted, effective } = basinShare(new Float64Array(100).fill(-7), () => true);
  assert.deepEqual([sampled, reweighted, effective], [1, 1, 100]);
});

test("shares without samples or without weight are not numbers", () => {
  assert.ok(Number.isNaN(basinShare([], () => true).sampled));
  const weightless = basinShare(new Float64Array(20).fill(-Infinity), () => true);
  assert.equal(weightless.sampled, 1);
  assert.ok(Number.isNaN(weightless.reweighted) && Number.isNaN(weightless.reweightedError));
});

test("block errors are those of independent draws", () => {
  const rng = createRng(3);
  const inside = Array.from({ length: 100000 }, () => rng.uniform() < 0.2);
  const { sampled, sampledError } = basinShare(new Float64Array(100000), (i) => inside[i]!, { blocks: 200 });
  const exact = Math.sqrt((0.2 * 0.8) / 100000);
  assert.ok(Math.abs(sampledError / exact - 1) < 0.2, `${sampledError} against ${exact}`); // 4 times 1 / sqrt(2 * 200)
  assert.ok(Math.abs(sampled - 0.2) < 4 * exact);
});

test("reweighting recovers a basin that the samples show too rarely, and counts its effective samples", () => {
  // q visits the basin with 1 %, p with 10 %: inside w = 10 times 10^-u-ish noise with known mean.
  const rng = createRng(4);
  const n = 100000;
  const inside = Array.from({ length: n }, () => rng.uniform() < 0.01);
  const logWeights = inside.map((member) => (member ? Math.log(10) + rng.normal() - 0.5 : Math.log(0.9 / 0.99)));
  const share = basinShare(logWeights, (i) => inside[i]!);
  assert.ok(Math.abs(share.reweighted - 0.1) < 4 * share.reweightedError, `${share.reweighted}`);
  // Log-normal weights of unit spread: exp(-1) of the samples are effective.
  assert.ok(
    Math.abs(share.effective / share.samples / Math.exp(-1) - 1) < 0.3,
    `${share.effective} of ${share.samples}`,
  );
});

test("the error of a share of weight is its spread, where few samples carry the weight too", () => {
  // Log-normal weights of spread 2.3: exp(-5.3), 0.5 % of the samples, are effective. The basin holds 3 %, whatever the weight.
  const rng = createRng(5);
  const n = 20_000;
  const shares = Array.from({ length: 200 }, () => {
    const logWeights = Float64Array.from({ length: n }, () => 2.3 * rng.normal());
    const inside = Uint8Array.from({ length: n }, () => (rng.uniform() < 0.03 ? 1 : 0));
    return basinShare(logWeights, (i) => inside[i] === 1);
  });
  const mean = shares.reduce((sum, share) => sum + share.reweighted, 0) / shares.length;
  const spread = Math.sqrt(
    shares.reduce((sum, share) => sum + (share.reweighted - mean) ** 2, 0) / (shares.length - 1),
  );
  const told = Math.sqrt(shares.reduce((sum, share) => sum + share.reweightedError ** 2, 0) / shares.length);
  // A spread of 200 is known to 5 %; the mean over the shares of blocks tells 0.84 of it.
  assert.ok(Math.abs(told / spread - 1) < 0.12, `${told} told, ${spread} seen`);
  assert.ok(Math.abs(mean - 0.03) < (4 * spread) / Math.sqrt(shares.length), `${mean}`);
});

test("blocks are consecutive, so a drift shows in the error", () => {
  const first = (i: number): boolean => i < 50;
  const { sampledError } = basinShare(new Float64Array(100), first);
  assert.ok(Math.abs(sampledError - Math.sqrt((10 * 0.25) / 9 / 10)) < 1e-12); // five blocks of 1, five of 0
});

test("fewer than two blocks are refused", () => {
  assert.throws(() => basinShare([0], () => true, { blocks: 1 }), /invalid blocks \(got 1\)/);
});
