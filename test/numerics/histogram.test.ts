import assert from "node:assert/strict";
import { test } from "node:test";
import { binEdges, binSize, density, histogram1d, histogram2d } from "../../src/numerics/histogram";
import { createRng } from "../../src/numerics/random";

const unit = { low: 0, high: 1, bins: 10 };

test("bins are half open, but the last holds its right edge", () => {
  const values = [0, 0.05, 0.1, 0.25, 0.3, 0.999, 1, 0.7];
  // numpy 2.4.6: np.histogram(values, bins=10, range=(0, 1))[0]; 0.3 and 0.7 lie below the doubles 3 * 0.1 and 7 * 0.1
  assert.deepEqual([...histogram1d(values, unit).weights], [2, 1, 2, 0, 0, 0, 1, 0, 0, 2]);
});

test("values outside the range or not a number are dropped and counted", () => {
  const histogram = histogram1d([0.5, -1e-12, 1.0000001, NaN, Infinity], unit);
  assert.equal(histogram.dropped, 4);
  assert.deepEqual([...histogram.weights], [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
});

test("no values make an empty histogram, which has no density", () => {
  const empty = histogram1d([], unit);
  assert.deepEqual([...empty.weights], new Array<number>(10).fill(0));
  assert.throws(() => density(empty), /density: invalid histogram \(got total weight 0/);
});

test("every value lies between the edges of its bin", () => {
  const axis = { low: -Math.PI, high: Math.PI, bins: 100 };
  const edges = binEdges(axis);
  const rng = createRng(2);
  for (let k = 0; k < 3000; k++) {
    const value = k < 101 ? edges[k]! : axis.low + rng.uniform() * (axis.high - axis.low);
    const bin = histogram1d([value], axis).weights.indexOf(1);
    assert.ok(edges[bin]! <= value && (value < edges[bin + 1]! || bin === 99), `seed 2, ${value} in bin ${bin}`);
  }
});

test("pairs are counted with the first axis slowest, and weights add up", () => {
  const axes = [
    { low: 0, high: 2, bins: 2 },
    { low: 0, high: 3, bins: 3 },
  ] as const;
  const histogram = histogram2d([0.5, 1.5, 1.5, 9], [2.5, 0.5, 0.5, 1], axes, [1, 0.25, 0.5, 7]);
  assert.deepEqual([...histogram.weights], [0, 0, 1, 0.75, 0, 0]);
  assert.equal(histogram.dropped, 1);
});

test("a density times the bin size sums to one", () => {
  const axes = [
    { low: -1, high: 1, bins: 4 },
    { low: 0, high: 5, bins: 3 },
  ] as const;
  const rng = createRng(3);
  const draw = (): number[] => Array.from({ length: 500 }, () => rng.uniform());
  const values = density(histogram2d(draw(), draw(), axes, draw()));
  const integral = values.reduce((sum, p) => sum + p, 0) * binSize(axes);
  assert.ok(Math.abs(integral - 1) < 1e-12);
});

test("mismatched lengths and impossible axes are refused", () => {
  assert.throws(() => histogram1d([1, 2], unit, [1]), /mismatched lengths \(got 2 and 1\)/);
  assert.throws(() => histogram2d([1], [1, 2], [unit, unit]), /mismatched lengths \(got 1 and 2\)/);
  for (const wrong of [{ bins: 0 }, { bins: 1.5 }, { low: 1 }, { high: Infinity }]) {
    assert.throws(() => histogram1d([], { ...unit, ...wrong }), /invalid axis \(got/);
  }
});
