import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { addToReplay, adjustReplay, drawFromReplay, initReplay, type Replay } from "../../src/train/replay";

/** Batches of two rows with one coordinate, whose value is the row's number; weights by row. */
function filled(weights: readonly number[], most = 10): Replay {
  let replay = initReplay(1, 2);
  for (let i = 0; i < weights.length; i += 2) {
    const logWeights = Float64Array.of(Math.log(weights[i]!), Math.log(weights[i + 1]!));
    replay = addToReplay(replay, { x: Float32Array.of(i, i + 1), logWeights, logQ: Float64Array.of(i, i + 1) }, most);
  }
  return replay;
}

test("rows come in proportion to their weights, the second in proportion to what is left", () => {
  const weights = [1, 2, 0, 4, 0.5, 2.5];
  const total = weights.reduce((a, b) => a + b);
  const replay = filled(weights);
  const pairs = new Map<number, number>();
  let rng = createRng(1).state();
  const draws = 40_000;
  for (let k = 0; k < draws; k++) {
    const [{ rows, x, logQ }, next] = drawFromReplay(replay, 2, rng);
    rng = next;
    assert.deepEqual([[...x], [...logQ]], [[...rows], [...rows]]);
    const pair = 10 * Math.min(...rows) + Math.max(...rows);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  for (let i = 0; i < weights.length; i++) {
    for (let j = i + 1; j < weights.length; j++) {
      const [a, b] = [weights[i]! / total, weights[j]! / total];
      const exact = (a * b) / (1 - a) + (b * a) / (1 - b); // i before j, or j before i
      const seen = (pairs.get(10 * i + j) ?? 0) / draws;
      assert.ok(
        Math.abs(seen - exact) <= 4 * Math.sqrt((exact * (1 - exact)) / draws),
        `${i}, ${j}: ${seen}, ${exact}`,
      );
    }
  }
});

test("every place among the drawn rows is as good as any other", () => {
  const replay = filled([1, 1, 1, 100, 1, 1]);
  let rng = createRng(2).state();
  const places = [0, 0, 0];
  for (let k = 0; k < 6000; k++) {
    const [{ rows }, next] = drawFromReplay(replay, 3, rng);
    rng = next;
    const place = rows.indexOf(3);
    if (place >= 0) places[place]!++;
  }
  for (const count of places) assert.ok(Math.abs(count - 2000) < 4 * Math.sqrt((6000 * 2) / 9), places.join());
});

test("the oldest batch goes when there are too many", () => {
  const replay = filled([1, 2, 3, 4, 5, 6], 2);
  assert.deepEqual(
    replay.batches.map((x) => [...x]),
    [
      [2, 3],
      [4, 5],
    ],
  );
  assert.deepEqual([...replay.logQ], [2, 3, 4, 5]);
});

test("where the flow has gained density by a factor, the weight falls by it", () => {
  const replay = filled([1, 2, 3, 4]);
  const now = Float64Array.of(replay.logQ[3]! + Math.log(2), replay.logQ[0]! - Math.log(3), NaN);
  const adjusted = adjustReplay(replay, Uint32Array.of(3, 0, 1), now);
  const weights = [...adjusted.logWeights.map(Math.exp)];
  [3, 2, 3, 2].forEach((expected, i) => assert.ok(Math.abs(weights[i]! - expected) < 1e-12, weights.join()));
  assert.deepEqual([...replay.logWeights.map(Math.exp)].map(Math.round), [1, 2, 3, 4]); // the one before is as it was
});

test("more rows than have a weight cannot be drawn", () => {
  const draw = (): unknown => drawFromReplay(filled([1, 0, 2, 0]), 3, createRng(1).state());
  assert.throws(draw, /invalid count \(got 3 of 2 weights above zero\)/);
});
