import assert from "node:assert/strict";
import { test } from "node:test";
import { freeEnergyDifference } from "../../src/evaluate/free-energy-difference";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

/** A chain of two states that stays with probability `stay` and else draws anew, state 1 with probability p: autocorrelation `stay`. */
function chain(n: number, p: number, stay: number, seed: number): Uint8Array {
  const rng = createRng(seed);
  let state = 0;
  return Uint8Array.from({ length: n }, () => {
    if (rng.uniform() >= stay) state = rng.uniform() < p ? 1 : 0;
    return state;
  });
}

const regionsOf = (states: Uint8Array): { from: (i: number) => boolean; to: (i: number) => boolean } => ({
  from: (i) => states[i] === 0,
  to: (i) => states[i] === 1,
});

for (const [name, stay] of [
  ["independent", 0],
  ["correlated", 0.9],
] as const) {
  // prettier-ignore
  test(`${name} samples of two states give the difference and the error of the closed form`, () => {
    const n = 100_000;
    const p = 0.2;
    const { value, error } = freeEnergyDifference(n, regionsOf(chain(n, p, stay, 5)), {
      rng: createRng(6),
      blocks: 200,
      resamples: 1000,
    });
    const exact = Math.sqrt((1 + stay) / (1 - stay) / (n * p * (1 - p)));
    assert.ok(Math.abs(error / exact - 1) < 0.2, `${error} against ${exact}`); // 4 times 1 / sqrt(2 * 200)
    assert.ok(Math.abs(value - Math.log(0.8 / 0.2)) < 4 * exact, `${value}`);
  });
}

test("weights count instead of samples, whatever their level", () => {
  const states = Uint8Array.of(0, 1, 0, 1);
  const logWeights = [-1e4, -1e4 + Math.log(3), -1e4, -Infinity];
  const { value } = freeEnergyDifference(4, regionsOf(states), { rng: createRng(0), logWeights, blocks: 2 });
  assert.ok(Math.abs(value - Math.log(2 / 3)) < TOLERANCE.f64);
});

test("an empty region is infinitely high, and a rare one has no finite error", () => {
  const rng = createRng(1);
  const never = (): boolean => false;
  const always = (): boolean => true;
  assert.deepEqual(freeEnergyDifference(100, { from: always, to: never }, { rng }), { value: Infinity, error: NaN });
  assert.ok(Number.isNaN(freeEnergyDifference(100, { from: never, to: never }, { rng }).value));
  assert.ok(Number.isNaN(freeEnergyDifference(0, { from: always, to: always }, { rng }).value));
  const once = freeEnergyDifference(100, { from: always, to: (i) => i === 7 }, { rng });
  assert.equal(once.error, Infinity);
  assert.throws(() => freeEnergyDifference(9, { from: always, to: always }, { rng, blocks: 1 }), /invalid blocks/);
});
