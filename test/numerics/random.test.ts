import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng, type Rng, type RngState } from "../../src/numerics/random";
import { normalCdf } from "../../src/numerics/special";

const draws = (rng: Rng, n: number): number[] => Array.from({ length: n }, () => rng.uniform());

test("the generator is xoshiro128**", () => {
  // Blackman & Vigna's xoshiro128starstar.c from s = {1, 2, 3, 4}, in Python: result = rotl(s[1] * 5, 7) * 9, all modulo 2^32
  const words = [11520, 0, 5927040, 70819200, 2031721883, 1637235492];
  const rng = createRng({ words: [1, 2, 3, 4], spare: null });
  for (let k = 0; k < words.length; k += 2) {
    assert.equal(rng.uniform(), ((words[k]! >>> 5) * 2 ** 26 + (words[k + 1]! >>> 6)) / 2 ** 53);
  }
});

test("equal seeds give equal numbers; other seeds and other streams unrelated ones", () => {
  assert.deepEqual(draws(createRng(5), 10), draws(createRng(5), 10));
  const first = [createRng(5), createRng(6), createRng(5, 1), createRng(5 + 2 ** 32), createRng(2 ** 53 - 1)].map(
    (rng) => rng.uniform(),
  );
  assert.equal(new Set(first).size, first.length);
});

test("neighbouring seeds and streams are uncorrelated", () => {
  const n = 4000;
  for (const other of [createRng(1), createRng(0, 1), createRng(2 ** 32)]) {
    const base = createRng(0);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (base.uniform() - 0.5) * (other.uniform() - 0.5);
    const correlation = (12 * sum) / n; // standard error 1 / sqrt(n) = 0.016
    assert.ok(Math.abs(correlation) < 0.064, `correlation ${correlation}`);
  }
});

test("a stored state continues exactly, half a pair of normals included, through JSON", () => {
  const rng = createRng(9);
  rng.normal();
  const stored = JSON.parse(JSON.stringify(rng.state())) as RngState;
  const copy = createRng(stored);
  assert.deepEqual([copy.normal(), copy.uniform(), copy.normal()], [rng.normal(), rng.uniform(), rng.normal()]);
});

test("uniform numbers lie in [0, 1) and fill it evenly", () => {
  const n = 20000;
  const sorted = draws(createRng(4), n).sort((a, b) => a - b);
  assert.ok(sorted[0]! >= 0 && sorted[n - 1]! < 1);
  const distance = Math.max(...sorted.map((u, i) => Math.abs(u - (i + 0.5) / n)));
  assert.ok(distance < 1.95 / Math.sqrt(n), `Kolmogorov-Smirnov distance ${distance}`); // 0.1 % level
});

test("normal numbers follow the normal distribution and are uncorrelated in pairs", () => {
  const rng = createRng(12);
  const n = 20000;
  const values = Array.from({ length: n }, () => rng.normal());
  const sorted = values.map(normalCdf).sort((a, b) => a - b);
  const distance = Math.max(...sorted.map((u, i) => Math.abs(u - (i + 0.5) / n)));
  assert.ok(distance < 1.95 / Math.sqrt(n), `Kolmogorov-Smirnov distance ${distance}`);
  const neighbours = values.reduce((sum, v, i) => sum + v * (values[i + 1] ?? 0), 0) / n;
  assert.ok(Math.abs(neighbours) < 4 / Math.sqrt(n), `correlation ${neighbours}`);
});

test("integers reach every value below n and no other", () => {
  const rng = createRng(1);
  const counts = new Array<number>(7).fill(0);
  for (let k = 0; k < 7000; k++) counts[rng.integer(7)]!++;
  assert.equal(counts.length, 7);
  counts.forEach((count, i) => assert.ok(Math.abs(count - 1000) < 120, `${i}: ${count}`)); // 4 standard deviations
});

test("a seed that is no integer from 0 to 2^53 - 1 is refused", () => {
  for (const seed of [-1, 1.5, NaN, 2 ** 53]) assert.throws(() => createRng(seed), /createRng: invalid seed \(got/);
});
