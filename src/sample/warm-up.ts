/** The warm-up of parallel tempering: finds scales, step sizes and ladder in rounds, which are then frozen. */
import { initDualAveraging, stepDualAveraging, type DualAveraging } from "./dual-averaging";
import { equaliseLadder } from "./ladder";
import type { Space } from "./space";
import { addSwaps, initSwapSums, swapRates, type SwapSums } from "./swap";
import {
  rowAt,
  stepTempering,
  type TemperingInfo,
  type TemperingOptions,
  type TemperingState,
  type Tuning,
} from "./tempering";

export interface WarmUpOptions extends TemperingOptions {
  /** Sweeps per round. Each round but the last ends with new scales and a new ladder; the last finds their step sizes. */
  readonly rounds: readonly number[];
  /** Acceptance that the step sizes aim at. */
  readonly acceptance: number;
}

/** Plain data beside the walkers'. */
export interface WarmUpState {
  readonly tempering: TemperingState;
  readonly tuning: Tuning;
  readonly round: number;
  /** Sweeps of the round so far. */
  readonly sweeps: number;
  /** One per level. */
  readonly steps: readonly DualAveraging[];
  /** Sum of squared slopes of the log density over the round, [levels, dof]. */
  readonly squares: Float64Array;
  readonly swaps: SwapSums;
}

export function initWarmUp(
  { rounds, acceptance }: WarmUpOptions,
  tuning: Tuning,
  tempering: TemperingState,
): WarmUpState {
  if (!rounds.every((n) => Number.isSafeInteger(n) && n > 0) || !(acceptance > 0 && acceptance < 1)) {
    throw new RangeError(
      `initWarmUp: invalid options (got rounds ${rounds.join(", ")}, acceptance ${acceptance}), expected positive integers and a share`,
    );
  }
  return { tempering, ...freshRound(tuning), round: 0 };
}

/** Whether tuning has ended: `tuning` is then final. */
export function isWarm({ rounds }: WarmUpOptions, { round }: WarmUpState): boolean {
  return round >= rounds.length;
}

/** Sweeps of the warm-up that are done, and in all. */
export function warmUpSweeps(
  { rounds }: Pick<WarmUpOptions, "rounds">,
  { round, sweeps }: Pick<WarmUpState, "round" | "sweeps">,
): { readonly done: number; readonly all: number } {
  const until = (n: number): number => rounds.slice(0, n).reduce((sum, some) => sum + some, 0);
  return { done: until(round) + sweeps, all: until(rounds.length) };
}

function freshRound(tuning: Tuning): Omit<WarmUpState, "tempering" | "round"> {
  const { temperatures, stepSize, scale } = tuning;
  return {
    tuning,
    sweeps: 0,
    steps: Array.from(stepSize, initDualAveraging),
    squares: new Float64Array(scale.length),
    swaps: initSwapSums(temperatures.length),
  };
}

/** One sweep, with whatever it teaches. */
export async function stepWarmUp(
  space: Space,
  options: WarmUpOptions,
  state: WarmUpState,
): Promise<[WarmUpState, TemperingInfo]> {
  const [tempering, info] = await stepTempering(space, options, state.tuning, state.tempering);
  const steps = state.steps.map((step, level) => stepDualAveraging(step, info.acceptance[level]!, options.acceptance));
  const tuning = { ...state.tuning, stepSize: Float64Array.from(steps, ({ logStep }) => Math.exp(logStep)) };
  const next: WarmUpState = {
    ...state,
    tempering,
    tuning,
    steps,
    sweeps: state.sweeps + 1,
    squares: addSquares(space, tuning, tempering, state.squares),
    swaps: addSwaps(state.swaps, info.swap),
  };
  if (next.sweeps < options.rounds[state.round]!) return [next, info];
  return [{ ...next, ...freshRound(endRound(options, next)), round: state.round + 1 }, info];
}

/** What a round has found. Step sizes go on from their average; they are in units of the scale, so that new scales hardly change them. */
function endRound(
  { runs, rounds }: WarmUpOptions,
  { tuning, round, sweeps, steps, squares, swaps }: WarmUpState,
): Tuning {
  const stepSize = Float64Array.from(steps, ({ logAverage }) => Math.exp(logAverage));
  if (round === rounds.length - 1) return { ...tuning, stepSize };
  const rejection = Float64Array.from(swapRates(swaps), (rate) => (Number.isNaN(rate) ? 1 : 1 - rate));
  return {
    stepSize,
    temperatures: rejection.length > 0 ? equaliseLadder(tuning.temperatures, rejection) : tuning.temperatures,
    // The mean square of a density's slope is the inverse variance where it is normal. Unlike the variance of a torsion it does
    // not grow with the distance between basins, in none of which a step of that length would be accepted.
    scale: squares.map((sum, k) => (sum > 0 ? Math.sqrt((sweeps * runs) / sum) : tuning.scale[k]!)),
  };
}

function addSquares(
  { dof, boltzmann }: Space,
  { temperatures }: Tuning,
  { hmc, places }: TemperingState,
  squares: Float64Array,
): Float64Array {
  const { energyGradient, logDetGradient } = hmc.walkers;
  const sums = squares.slice();
  for (let run = 0; run < places.length; run++) {
    for (let level = 0; level < temperatures.length; level++) {
      const row = rowAt(places, run, level) * dof;
      const kT = boltzmann * temperatures[level]!;
      for (let k = 0; k < dof; k++) {
        sums[level * dof + k]! += (logDetGradient[row + k]! - energyGradient[row + k]! / kT) ** 2;
      }
    }
  }
  return sums;
}
