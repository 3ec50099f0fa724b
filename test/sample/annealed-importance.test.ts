import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { annealedImportance, type AisPath, evenExponents } from "../../src/sample/annealed-importance";
import { placeWalkers } from "../../src/sample/walkers";
import { assertAgrees, meanOf, narrowing, normals, toySpace } from "./toys";

const evenPath = (levels: number, stepSize: number): AisPath => ({
  exponents: evenExponents(levels),
  stepSizes: new Array<number>(levels).fill(stepSize),
  scales: new Array<Float64Array>(levels).fill(Float64Array.of(1)),
});

for (const { levels, leapfrogs, stepSize } of [
  { levels: 0, leapfrogs: 1, stepSize: 0.3 },
  { levels: 1, leapfrogs: 1, stepSize: 0.3 },
  // Steps so large that many are rejected: what that costs in motion must not cost in truth.
  { levels: 6, leapfrogs: 3, stepSize: 0.9 },
]) {
  test(`weights are unbiased and weighted walkers are samples of the target: ${levels} levels`, async () => {
    const a = 8;
    const space = narrowing(a);
    const n = 20_000;
    const start = await placeWalkers(space, normals(n, 1));
    const before = space.evaluations;
    const options = { leapfrogs, jitter: 0.2, resampleBelow: 0 };
    const path = evenPath(levels, stepSize);
    const { walkers, logWeights, acceptance } = await annealedImportance(
      space,
      options,
      start,
      path,
      createRng(2).state(),
    );
    assert.equal(space.evaluations - before, n * levels * leapfrogs);
    assert.equal(acceptance.length, levels);
    const weights = [...logWeights.map(Math.exp)];
    assertAgrees(meanOf(weights), 1 / Math.sqrt(1 + a), "mean weight");
    assertAgrees(meanOf(weights.map((w, i) => w * walkers.x[i]! ** 2)), (1 + a) ** -1.5, "weighted x^2");
  });
}

test("levels between make weights more even", async () => {
  const space = narrowing(30);
  const spread: number[] = [];
  for (const levels of [0, 4, 24]) {
    const start = await placeWalkers(space, normals(2000, 3));
    const options = { leapfrogs: 3, jitter: 0.2, resampleBelow: 0 };
    const { logWeights } = await annealedImportance(space, options, start, evenPath(levels, 0.3), createRng(4).state());
    const { value, error } = meanOf([...logWeights.map(Math.exp)]);
    spread.push(error / value);
  }
  assert.ok(spread[0]! > 1.1 * spread[1]! && spread[1]! > 1.1 * spread[2]!, spread.join());
});

test("a walker that starts where nothing can be evaluated has no weight, and the others are as without it", async () => {
  const space = toySpace(["line"], (x) => [x > 5 ? NaN : x * x, 2 * x]);
  const options = { leapfrogs: 2, jitter: 0, resampleBelow: 0 };
  const x = Float64Array.of(0.1, 9, 0.3);
  const { logWeights } = await annealedImportance(
    space,
    options,
    await placeWalkers(space, x),
    evenPath(2, 0.1),
    createRng(1).state(),
  );
  assert.equal(logWeights[1], -Infinity);
  assert.ok(Number.isFinite(logWeights[0]) && Number.isFinite(logWeights[2]));
});
