import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { initPlaces, type Places, stepSwap } from "../../src/sample/swap";

test("two temperatures of a frozen two-state system: which walker is cold follows the Boltzmann odds", () => {
  // Walker 0 has energy 0, walker 1 has 1.5, for good; beta is 1 and 0.2. P(0 cold) is to P(1 cold) as exp(-0.2 * 1.5) to exp(-1.5).
  const energy = [0, 1.5];
  const beta = [1, 0.2];
  const logWeight = (walker: number, level: number): number => -beta[level]! * energy[walker]!;
  const rng = createRng(1);
  let places = initPlaces(2);
  const n = 40_000;
  let cold = 0;
  for (let k = 0; k < n; k++) {
    [places] = stepSwap(places, logWeight, 0, rng);
    if (places.walkerAt[0] === 0) cold++;
  }
  const expected = Math.exp(-0.3) / (Math.exp(-0.3) + Math.exp(-1.5));
  // The chain leaves one state for certain and so alternates: its mean is more exact than that of as many independent draws.
  const error = Math.sqrt((expected * (1 - expected)) / n);
  assert.ok(Math.abs(cold / n - expected) < 4 * error, `${cold / n}, exactly ${expected}`);
});

test("even and odd pairs take turns, each with the probability of the textbook", () => {
  const energy = [3, 1, 4, 1.5, 2];
  const beta = [1, 0.8, 0.6, 0.4, 0.2];
  const logWeight = (walker: number, level: number): number => -beta[level]! * energy[walker]!;
  for (const parity of [0, 1]) {
    const [, { probability }] = stepSwap(initPlaces(5), logWeight, parity, createRng(2));
    probability.forEach((p, k) => {
      const expected = Math.min(1, Math.exp((beta[k]! - beta[k + 1]!) * (energy[k]! - energy[k + 1]!)));
      assert.ok(k % 2 === parity ? Math.abs(p - expected) < 1e-14 : Number.isNaN(p));
    });
  }
});

test("a round trip goes from the cold end to the hot one and back, and is counted once", () => {
  const rng = createRng(3);
  let places: Places = initPlaces(3);
  const seen: string[] = [];
  for (let sweep = 0; sweep < 6; sweep++) {
    [places] = stepSwap(places, () => 0, sweep % 2, rng);
    seen.push(places.walkerAt.join(""));
  }
  assert.deepEqual(seen, ["102", "120", "210", "201", "021", "012"]);
  // Walker 0 began cold, was hot, is cold. Walker 1 was cold, then hot. Walker 2 began hot, which is half a trip, and is hot again.
  assert.deepEqual(places.trips, [1, 0, 0]);
  for (let sweep = 6; sweep < 10; sweep++) [places] = stepSwap(places, () => 0, sweep % 2, rng);
  assert.deepEqual(places.trips, [1, 1, 1]);
});

test("a single temperature has nothing to swap", () => {
  const [places, { probability }] = stepSwap(initPlaces(1), () => 0, 0, createRng(1));
  assert.deepEqual([places.walkerAt, places.trips, probability.length], [[0], [0], 0]);
});
