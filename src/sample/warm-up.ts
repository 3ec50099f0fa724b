/** The warm-up of parallel tempering: finds scales, step sizes and ladder in rounds, which are then frozen. */
import { initDualAveraging, stepDualAveraging, type DualAveraging } from "./dual-averaging";
import { equaliseLadder } from "./ladder";
import type { Space } from "./space";
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
  /** Sums of swap probabilities and numbers of turns of each pair, [2, levels - 1]. */
  readonly swaps: Float64Array;
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
    swaps: new Float64Array(2 * (temperatures.length - 1)),
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
    swaps: addSwaps(info, state.swaps),
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
  const pairs = tuning.temperatures.length - 1;
  const rejection = Float64Array.from({ length: pairs }, (_, k) => 1 - swaps[k]! / Math.max(1, swaps[pairs + k]!));
  return {
    stepSize,
    temperatures: pairs > 0 ? equaliseLadder(tuning.temperatures, rejection) : tuning.temperatures,
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

function addSwaps({ swap }: TemperingInfo, swaps: Float64Array): Float64Array {
  const sums = swaps.slice();
  swap.forEach((probability, pair) => {
    if (Number.isNaN(probability)) return;
    sums[pair]! += probability;
    sums[swap.length + pair]! += 1;
  });
  return sums;
}
