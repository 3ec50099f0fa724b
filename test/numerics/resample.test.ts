import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { resampleSystematic as resample } from "../../src/numerics/resample";

function counts(indices: Uint32Array, n: number): number[] {
  const found = new Array<number>(n).fill(0);
  for (const index of indices) found[index]!++;
  return found;
}

test("one sample is drawn every time, and no draws are none", () => {
  assert.deepEqual([...resample([-3], 4, createRng(0))], [0, 0, 0, 0]);
  assert.equal(resample([-3], 0, createRng(0)).length, 0);
});

test("zero weights are never drawn, wherever they stand", () => {
  for (let seed = 0; seed < 50; seed++) {
    const indices = resample([-Infinity, 0, -Infinity, -1, -Infinity], 200, createRng(seed));
    assert.ok(
      indices.every((i) => i === 1 || i === 3),
      `seed ${seed}: ${[...new Set(indices)]}`,
    );
  }
});

test("only differences of log weights matter", () => {
  const rng = createRng(7);
  const logWeights = Float64Array.from({ length: 300 }, () => 3 * rng.normal());
  const shifted = logWeights.map((v) => v + 4096); // a power of two: the differences stay exact to rounding
  const plain = resample(logWeights, 1000, createRng(8));
  const same = resample(shifted, 1000, createRng(8)).filter((index, k) => index === plain[k]).length;
  assert.ok(same >= 999, `${same} of 1000 agree`);
});

test("indices come in proportion to the weights", () => {
  const weights = [1, 2, 3, 4];
  const found = counts(resample(weights.map(Math.log), 100000, createRng(11)), 4);
  // Multinomial noise: sqrt(n p (1 - p)) <= 158; four of those.
  found.forEach((count, i) => assert.ok(Math.abs(count - weights[i]! * 10000) < 632, `index ${i}: ${count}`));
});

test("what cannot be drawn from is refused with the remedy", () => {
  const rng = createRng(0);
  assert.throws(() => resample([0, NaN], 1, rng), /invalid log weight 1 \(got NaN\).*give invalid samples -Infinity/);
  assert.throws(() => resample([Infinity], 1, rng), /invalid log weight 0 \(got Infinity\)/);
  assert.throws(() => resample([], 1, rng), /missing weights \(got 0 samples/);
  assert.throws(() => resample([-Infinity, -Infinity], 1, rng), /missing weights \(got 2 samples/);
  assert.throws(() => resample([0], -1, rng), /invalid count \(got -1\)/);
});

test("systematic resampling is ascending and gives every index its share, rounded up or down", () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = createRng(seed);
    const logWeights = Float64Array.from({ length: 40 }, () => 2 * rng.normal());
    const total = logWeights.reduce((sum, v) => sum + Math.exp(v), 0);
    const indices = resample(logWeights, 500, rng);
    assert.ok(
      indices.every((index, k) => k === 0 || index >= indices[k - 1]!),
      `seed ${seed}: not ascending`,
    );
    counts(indices, 40).forEach((count, i) => {
      const share = (500 * Math.exp(logWeights[i]!)) / total;
      const nearest = count >= Math.floor(share - 1e-9) && count <= Math.ceil(share + 1e-9);
      assert.ok(nearest, `seed ${seed}, index ${i}: ${count} for ${share}`);
    });
  }
});
