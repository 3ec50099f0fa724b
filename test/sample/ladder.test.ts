import assert from "node:assert/strict";
import { test } from "node:test";
import { equaliseLadder } from "../../src/sample/ladder";

test("equal rejections leave a geometric ladder as it is", () => {
  const ladder = equaliseLadder([300, 600, 1200], [0.4, 0.4]);
  assert.ok(ladder.every((t, k) => Math.abs(t - 300 * 2 ** k) < 1e-10));
});

test("temperatures gather where swaps fail, and the ends stay", () => {
  // Barrier 0, 0.6, 0.8: its half, 0.4, lies two thirds of the way, in log T, from 300 to 600 K.
  const ladder = equaliseLadder([300, 600, 1200], [0.6, 0.2]);
  assert.deepEqual([ladder[0], ladder[2]], [300, 1200]);
  assert.ok(Math.abs(ladder[1]! - 300 * 2 ** (2 / 3)) < 1e-10);
});

test("swaps that never fail keep temperatures apart", () => {
  const ladder = equaliseLadder([1, 2, 4, 8], [0, 0, 0.5]);
  assert.ok(ladder.every((t, k) => k === 0 || t > ladder[k - 1]!));
  assert.deepEqual([...equaliseLadder([1, 2], [0.3])], [1, 2]);
});

test("a ladder that does not fit its rejections is refused", () => {
  assert.throws(() => equaliseLadder([1, 2, 3], [0.1]), /mismatched ladder \(got 3 temperatures, 1 rejections\)/);
  assert.throws(() => equaliseLadder([1], []), /mismatched ladder/);
});
