import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { annealedImportance } from "../../src/sample/annealed-importance";
import type { Space } from "../../src/sample/space";
import { placeWalkers } from "../../src/sample/walkers";
import { assertAgrees, meanOf, normals, toySpace } from "./toys";

/** From a standard normal to exp(-a x^2 / 2) times it: a normal of variance 1 / (1 + a), smaller by sqrt(1 + a) in its integral. */
function narrowing(a: number): Space & { evaluations: number } {
  const space = toySpace(["line"], (x) => [(a * x * x) / 2, a * x]);
  const { slopes } = space;
  return Object.assign(space, {
    async slopes(x: Float64Array, n: number) {
      const made = await slopes.call(space, x, n);
      return { ...made, logDet: x.map((v) => (-v * v) / 2), logDetGradient: x.map((v) => -v) };
    },
  });
}

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
    const options = { levels, leapfrogs, jitter: 0.2 };
    const steps = new Array<number>(levels).fill(stepSize);
    const { walkers, logWeights, acceptance } = await annealedImportance(
      space,
      options,
      start,
      steps,
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
    const options = { levels, leapfrogs: 3, jitter: 0.2 };
    const steps = new Array<number>(levels).fill(0.3);
    const { logWeights } = await annealedImportance(space, options, start, steps, createRng(4).state());
    const { value, error } = meanOf([...logWeights.map(Math.exp)]);
    spread.push(error / value);
  }
  assert.ok(spread[0]! > 1.1 * spread[1]! && spread[1]! > 1.1 * spread[2]!, spread.join());
});

test("a walker that starts where nothing can be evaluated has no weight, and the others are as without it", async () => {
  const space = toySpace(["line"], (x) => [x > 5 ? NaN : x * x, 2 * x]);
  const options = { levels: 2, leapfrogs: 2, jitter: 0 };
  const x = Float64Array.of(0.1, 9, 0.3);
  const { logWeights } = await annealedImportance(
    space,
    options,
    await placeWalkers(space, x),
    [0.1, 0.1],
    createRng(1).state(),
  );
  assert.equal(logWeights[1], -Infinity);
  assert.ok(Number.isFinite(logWeights[0]) && Number.isFinite(logWeights[2]));
});
