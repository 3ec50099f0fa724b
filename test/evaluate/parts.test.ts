import assert from "node:assert/strict";
import { test } from "node:test";
import {
  averageDistances,
  columnOf,
  createParts,
  distancesOf,
  measureParts,
  weightsOf,
} from "../../src/evaluate/parts";
import { setOf } from "./sets";

const counted = (n: number): ReturnType<typeof setOf> =>
  setOf(
    Float32Array.from({ length: n }, (_, i) => i),
    1,
  );

test("the matched part has as many samples as each half of the truth, spread over all", () => {
  const parts = createParts(counted(9), counted(8), null);
  const rows = measureParts(parts, (part) => [...columnOf(part, 0)]);
  assert.deepEqual(rows.truth, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(rows.matched, [0, 2, 4, 6]);
  assert.deepEqual(rows.halves, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  assert.equal(rows.reweighted, null);
});

test("with few samples the halves are thinned to their number", () => {
  const rows = measureParts(createParts(counted(2), counted(9), null), (part) => [...columnOf(part, 0)]);
  assert.deepEqual([rows.matched, ...rows.halves], [[0, 1], [0, 2], [4, 6]]); // prettier-ignore
});

test("distances compare the whole truth, and halves with their like", () => {
  const parts = { truth: 1, plain: 2, reweighted: null, matched: 30, halves: [10, 13] as const };
  const distances = distancesOf({ ...parts, halves: [10, 13] }, (truth, other) => other - truth);
  assert.deepEqual(distances, { plain: 1, reweighted: null, matched: 20, floor: 3 });
  assert.deepEqual(averageDistances([distances, { ...distances, plain: 3 }]).plain, 2);
  assert.equal(averageDistances([distances]).reweighted, null);
});

test("the largest weight is one, and invalid rows have none", () => {
  assert.equal(weightsOf({ logWeights: null }), null);
  assert.deepEqual(weightsOf({ logWeights: Float64Array.of(-1e4, -Infinity) }), Float64Array.of(1, 0));
});

test("too few samples, or sets of different width, are refused", () => {
  for (const [samples, truth] of [
    [0, 9],
    [9, 1],
  ] as const) {
    // prettier-ignore
    assert.throws(() => createParts(counted(samples), counted(truth), null), /createParts: mismatched sets \(got/);
  }
  assert.throws(() => createParts(setOf(new Float32Array(4), 2), counted(8), null), /of 2 and a truth of 8 of 1/);
});
