import assert from "node:assert/strict";
import { test } from "node:test";
import { stepFlowExchange } from "../../src/sample/flow-exchange";
import { initTempering, initTuning, rowAt } from "../../src/sample/tempering";
import { placeWalkers } from "../../src/sample/walkers";
import { assertAgrees, meanOf, narrowing, normals } from "./toys";

/** From a standard normal to one of variance 1 / (1 + A), in two dimensions. */
const A = 3;
const DOF = 2;
const RUNS = 200;
const OPTIONS = { runs: RUNS, leapfrogs: 2, jitter: 0.2, swapRounds: 1 };

for (const exponents of [[1], [1, 0.4]]) {
  test(`between normal densities, ${exponents.length} of them walked at, variances and acceptances are exact`, async () => {
    const space = narrowing(A, DOF);
    const levels = exponents.length;
    const temperatures = exponents.map((b) => 1 / b);
    const tuning = { ...initTuning(temperatures, DOF, 0.5), stepSize: new Float64Array(levels).fill(0.5) };
    // All walkers begin at a point that is far out.
    let state = await initTempering(space, OPTIONS, new Float64Array(RUNS * levels * DOF).fill(3), 1);
    const sweeps = 400;
    const squares = exponents.map(() => new Float64Array(RUNS));
    let [renewal, swap, turns] = [0, 0, 0];
    const before = space.evaluations;
    for (let sweep = -50; sweep < sweeps; sweep++) {
      const fresh = await placeWalkers(space, normals(RUNS * DOF, 1000 + sweep));
      const [next, info] = await stepFlowExchange(space, OPTIONS, tuning, fresh, state);
      state = next;
      if (sweep < 0) continue;
      renewal += info.renewal / sweeps;
      info.swap.forEach((p) => ([swap, turns] = Number.isNaN(p) ? [swap, turns] : [swap + p, turns + 1]));
      for (let run = 0; run < RUNS; run++) {
        exponents.forEach((_, level) => {
          const at = DOF * rowAt(state.places, run, level);
          const x = state.hmc.walkers.x.subarray(at, at + DOF);
          squares[level]![run]! += (x[0]! ** 2 + x[1]! ** 2) / (DOF * sweeps);
        });
      }
    }
    assert.equal(space.evaluations - before, (sweeps + 50) * RUNS * (levels * OPTIONS.leapfrogs + 1));
    squares.forEach((values, level) =>
      assertAgrees(meanOf([...values]), 1 / (1 + A * exponents[level]!), `variance at exponent ${exponents[level]}`),
    );
    // |x|^2 is exponential in two dimensions, with rates 1 / 2 and (1 + A b) / 2: the swap is one in favour of which either wins, twice that of the rarer order.
    const accepted = (from: number, to: number): number => (2 * (1 + from * A)) / (2 + (from + to) * A);
    const last = exponents.at(-1)!;
    assert.ok(Math.abs(renewal - accepted(0, last)) < 0.01, `${renewal}, exactly ${accepted(0, last)}`);
    if (levels > 1)
      assert.ok(Math.abs(swap / turns - accepted(0.4, 1)) < 0.01, `${swap / turns}, exactly ${accepted(0.4, 1)}`);
  });
}
