import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { cartesianSpace, internalSpace, type Space } from "../../src/sample/space";
import { basinStarts, relax } from "../../src/sample/starts";
import { initTempering, initTuning, stepTempering } from "../../src/sample/tempering";
import type { Walkers } from "../../src/sample/walkers";
import { initWarmUp, isWarm, stepWarmUp } from "../../src/sample/warm-up";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { meanOf } from "./toys";

const aldp = loadSystem("aldp");
const RUNS = 16;

/** Averages of an observable [of each walker] at 300 K, one per walker, after a warm-up that all begin at one structure. */
async function averages(
  space: Space,
  { start, scale }: { readonly start: Float64Array; readonly scale: number },
  observe: (walkers: Walkers, row: number) => readonly number[],
): Promise<{ value: number; error: number }[]> {
  const options = { runs: RUNS, leapfrogs: 6, jitter: 0.2, swapRounds: 1, rounds: [40, 60, 100], acceptance: 0.8 };
  const sweeps = 400;
  const x = Float64Array.from({ length: RUNS * space.dof }, (_, k) => start[k % space.dof]!);
  let warm = initWarmUp(options, initTuning([300], space.dof, scale), await initTempering(space, options, x, 1));
  while (!isWarm(options, warm)) [warm] = await stepWarmUp(space, options, warm);
  let state = warm.tempering;
  const sums: number[][] = [];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    [state] = await stepTempering(space, options, warm.tuning, state);
    for (let run = 0; run < RUNS; run++) {
      observe(state.hmc.walkers, run).forEach((value, j) => ((sums[j] ??= new Array<number>(RUNS).fill(0))[run]! += value / sweeps)); // prettier-ignore
    }
  }
  return sums.map(meanOf);
}

const BONDS = 21;
const ANGLES = 20;

/** Energy, mean scaled bond and mean scaled angle. */
function observables(energy: number, x: Float64Array): number[] {
  const mean = (from: number, to: number): number => x.subarray(from, to).reduce((a, b) => a + b) / (to - from);
  return [energy, mean(0, BONDS), mean(BONDS, BONDS + ANGLES)];
}

test("walkers in internal coordinates find what walkers in Cartesian ones do, which know no log-det", async () => {
  const target = createTarget(aldp);
  const internal = internalSpace(target);
  const { dof } = target;
  const start = await relax(internal, basinStarts(target, aldp, 1, 1), { temperature: 300, iterations: 200, scale: 0.03 }); // prettier-ignore
  const inner = await averages(internal, { start, scale: 0.03 }, ({ x, energy }, row) =>
    observables(energy[row]!, x.subarray(row * dof, (row + 1) * dof)),
  );
  await target.close();

  const coordinates = createCoordinates(aldp.coordinates);
  const xyz = new Float64Array(3 * aldp.system.atoms);
  coordinates.place(start, 0, xyz);
  const scaled = new Float64Array(dof);
  const outer = await averages(
    cartesianSpace("aldp", aldp.system),
    { start: xyz, scale: 0.005 },
    ({ x, energy }, row) => {
      coordinates.toScaled(x.slice(row * xyz.length, (row + 1) * xyz.length), scaled);
      return observables(energy[row]!, scaled);
    },
  );
  // Small enough to show a forgotten log-det: bonds would be 0.0023 of their span shorter (2 sigma^2 / b), angles 0.0007 off.
  const needed = [1.5, 0.0003, 0.00025];
  inner.forEach(({ value, error }, j) => {
    const both = Math.hypot(error, outer[j]!.error);
    assert.ok(both < needed[j]!, `error ${both} of observable ${j}`);
    assert.ok(
      Math.abs(value - outer[j]!.value) < 4 * both,
      `observable ${j}: ${value}, ${outer[j]!.value}, +- ${both}`,
    );
  });
});
