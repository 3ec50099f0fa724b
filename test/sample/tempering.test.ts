import assert from "node:assert/strict";
import { test } from "node:test";
import { initTempering, initTuning, rowAt, stepTempering, type Tuning } from "../../src/sample/tempering";
import { initWarmUp, isWarm, stepWarmUp } from "../../src/sample/warm-up";
import { assertAgrees, doubleWell, harmonic, meanOf, quadrature, toySpace } from "./toys";

const OPTIONS = { runs: 16, leapfrogs: 4, jitter: 0.2, swapRounds: 3 };

test("both ends of a ladder have the populations of quadrature, where a cold walker alone would not cross", async () => {
  const well = doubleWell(9, 0.35); // a barrier of 9 kT at T = 1
  const space = toySpace(["line"], well);
  const isLeft = (x: number): number => (x < 0 ? 1 : 0);
  const levels = 4;
  const warmUp = { ...OPTIONS, rounds: [50, 100, 100], acceptance: 0.8 };
  const starts = Float64Array.from({ length: OPTIONS.runs * levels }, (_, row) => (row % 8 < 4 ? 1 : -1));
  const tuning = initTuning([1, 2, 4, 8], 1, 0.3);
  let warm = initWarmUp(warmUp, tuning, await initTempering(space, OPTIONS, starts, 1));
  while (!isWarm(warmUp, warm)) [warm] = await stepWarmUp(space, warmUp, warm);
  let state = warm.tempering;
  const sweeps = 4000;
  const [cold, hot] = [new Float64Array(OPTIONS.runs), new Float64Array(OPTIONS.runs)];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    [state] = await stepTempering(space, OPTIONS, warm.tuning, state);
    for (let run = 0; run < OPTIONS.runs; run++) {
      const at = (level: number): number => state.hmc.walkers.x[rowAt(state.places, run, level)]!;
      cold[run]! += isLeft(at(0)) / sweeps;
      hot[run]! += isLeft(at(levels - 1)) / sweeps;
    }
  }
  const ends = { low: -4, high: 4 };
  const [coldMean, hotMean] = [meanOf([...cold]), meanOf([...hot])];
  assert.ok(coldMean.error < 0.02);
  assertAgrees(coldMean, quadrature(well, isLeft, { kT: 1, ...ends }), "cold");
  assertAgrees(hotMean, quadrature(well, isLeft, { kT: 8, ...ends }), "hot");
  assert.ok(state.places.every(({ trips }) => trips.reduce((a, b) => a + b) > 50));
});

test("the warm-up finds scales, wanted acceptance and equal swaps, and then ends", async () => {
  const sigmas = [0.02, 1, 30];
  const space = toySpace(["line", "line", "line"], (x, k) => harmonic(0, sigmas[k]!)(x));
  const options = { ...OPTIONS, rounds: [50, 100, 200, 200], acceptance: 0.8 };
  // Uneven on purpose: the first pair is far apart.
  const tuning = initTuning([1, 8, 10, 16], 3, 0.1);
  let state = initWarmUp(options, tuning, await initTempering(space, OPTIONS, new Float64Array(16 * 4 * 3), 2));
  let sweeps = 0;
  for (; !isWarm(options, state); sweeps++) [state] = await stepWarmUp(space, options, state);
  assert.equal(sweeps, 550);
  const { temperatures, scale } = state.tuning;
  temperatures.forEach((temperature, level) => {
    sigmas.forEach((sigma, k) => {
      const ratio = scale[level * 3 + k]! / (sigma * Math.sqrt(temperature));
      assert.ok(ratio > 0.8 && ratio < 1.25, `level ${level}, coordinate ${k}: ${ratio}`);
    });
  });
  let walk = state.tempering;
  const swaps = [0, 0, 0];
  let acceptance = 0;
  for (let sweep = 0; sweep < 400; sweep++) {
    const [next, info] = await stepTempering(space, OPTIONS, state.tuning, walk);
    walk = next;
    info.swap.forEach((p, pair) => (swaps[pair]! += Number.isNaN(p) ? 0 : p / 200));
    acceptance += info.acceptance.reduce((a, b) => a + b) / 4 / 400;
  }
  assert.ok(Math.abs(acceptance - 0.8) < 0.08, `acceptance ${acceptance}`);
  assert.ok(Math.max(...swaps) - Math.min(...swaps) < 0.08, `swaps ${swaps.join(", ")}`);
});

test("a sweep costs its leapfrogs and a turn where there are turns; a swap costs nothing", async () => {
  for (const [turns, extra] of [
    [[], 0],
    [[[0]], 1],
  ] as const) {
    // prettier-ignore
    const space = toySpace(["circle"], () => [0, 0], turns);
    const state = await initTempering(space, OPTIONS, new Float64Array(16 * 2), 3);
    assert.equal(space.evaluations, 32);
    await stepTempering(space, OPTIONS, initTuning([1, 2], 1, 0.1), state);
    assert.equal(space.evaluations, 32 + 32 * (OPTIONS.leapfrogs + extra));
  }
});

test("what is cached with a walker is what an evaluation of it gives, after many swaps as well", async () => {
  const space = toySpace(["line", "line"], doubleWell(1, 0.2));
  let state = await initTempering(space, OPTIONS, new Float64Array(16 * 3 * 2), 4);
  const tuning: Tuning = initTuning([1, 1.5, 2], 2, 0.5);
  for (let sweep = 0; sweep < 30; sweep++) [state] = await stepTempering(space, OPTIONS, tuning, state);
  const { n, x, ...cached } = state.hmc.walkers;
  assert.deepEqual(cached, await space.slopes(x, n));
  for (const { walkerAt } of state.places) assert.deepEqual([...walkerAt].sort(), [0, 1, 2]);
});

test("ladders and starts that cannot be are refused", async () => {
  for (const ladder of [[], [2, 1], [0, 1], [1, 1], [1, Infinity]]) {
    assert.throws(() => initTuning(ladder, 1, 1), /initTuning: invalid ladder \(got/);
  }
  const space = toySpace(["line"], harmonic(0, 1));
  await assert.rejects(initTempering(space, OPTIONS, new Float64Array(17), 1), /mismatched starts \(got 17 for 16 runs\)/); // prettier-ignore
  const state = await initTempering(space, OPTIONS, new Float64Array(16), 1);
  const tuning = initTuning([1], 1, 1);
  for (const wrong of [{ rounds: [10, 0] }, { acceptance: 1 }]) {
    const options = { ...OPTIONS, rounds: [10], acceptance: 0.8, ...wrong };
    assert.throws(() => initWarmUp(options, tuning, state), /initWarmUp: invalid options/);
  }
});

test("one temperature is plain Hamiltonian Monte Carlo", async () => {
  const space = toySpace(["line"], harmonic(0, 1));
  const options = { ...OPTIONS, rounds: [30, 30], acceptance: 0.8 };
  let state = initWarmUp(options, initTuning([1], 1, 0.3), await initTempering(space, OPTIONS, new Float64Array(16), 5)); // prettier-ignore
  while (!isWarm(options, state)) [state] = await stepWarmUp(space, options, state);
  assert.deepEqual([...state.tuning.temperatures], [1]);
});
