/** Parallel tempering: several independent runs of walkers at every temperature of a ladder, all evaluated as one batch (Hukushima & Nemoto 1996). */
import { createRng } from "../numerics/random";
import { type HmcOptions, type HmcState, initHmc, stepHmc } from "./hmc";
import type { Motion } from "./leapfrog";
import type { Space } from "./space";
import { initPlaces, type Places, stepSwap } from "./swap";
import { stepTurn } from "./turn";
import { placeWalkers } from "./walkers";

export interface TemperingOptions extends HmcOptions {
  readonly runs: number;
  /** Rounds of swaps per sweep, even and odd pairs in turn: they cost no evaluation, and several let a walker cross levels at once (Chodera & Shirts 2011). */
  readonly swapRounds: number;
  /** Turns about bonds after each trajectory; 1 by default. */
  readonly turns?: number;
}

/** What the walkers at each temperature are told; all runs share it. Frozen, it leaves the distribution alone. */
export interface Tuning {
  /** K, coldest first. */
  readonly temperatures: Float64Array;
  /** [levels], in units of the scale. */
  readonly stepSize: Float64Array;
  /** [levels, dof] */
  readonly scale: Float64Array;
}

/** Plain data. Walker w of run r is row r * levels + w of the batch. */
export interface TemperingState {
  readonly sweep: number;
  readonly hmc: HmcState;
  /** One per run. */
  readonly places: readonly Places[];
}

export interface TemperingInfo {
  /** Mean acceptance of the proposals at each level. */
  readonly acceptance: Float64Array;
  /** The same for turns about bonds; 0 where there are none. */
  readonly turned: Float64Array;
  /** Mean probability of the swaps of each neighbouring pair; NaN for those that had no turn. */
  readonly swap: Float64Array;
  /** Proposals without a finite energy. */
  readonly invalid: number;
}

/** Ladder, step sizes and scales to begin the warm-up with. */
export function initTuning(temperatures: readonly number[], dof: number, scale: number): Tuning {
  const ascends = temperatures.every((t, k) => t > (temperatures[k - 1] ?? 0) && t < Infinity);
  if (temperatures.length === 0 || !ascends) {
    throw new RangeError(
      `initTuning: invalid ladder (got ${temperatures.join(", ")}), expected ascending positive temperatures`,
    );
  }
  return {
    temperatures: Float64Array.from(temperatures),
    stepSize: new Float64Array(temperatures.length).fill(0.2),
    scale: new Float64Array(temperatures.length * dof).fill(scale),
  };
}

/** The walkers at their starts; costs one target evaluation per walker. `x` is [runs * levels, dof], coldest first in each run. */
export async function initTempering(
  space: Space,
  options: TemperingOptions,
  x: Float64Array,
  seed: number,
): Promise<TemperingState> {
  const walkers = await placeWalkers(space, x);
  const levels = walkers.n / options.runs;
  if (!Number.isSafeInteger(levels) || levels < 1) {
    throw new RangeError(
      `initTempering: mismatched starts (got ${walkers.n} for ${options.runs} runs), expected as many for each run`,
    );
  }
  const hmc = initHmc(walkers, createRng(seed).state(), options);
  return { sweep: 0, hmc, places: Array.from({ length: options.runs }, () => initPlaces(levels)) };
}

/** Row of the batch that is at a level of a run. */
export function rowAt(places: readonly Places[], run: number, level: number): number {
  const { walkerAt } = places[run]!;
  return run * walkerAt.length + walkerAt[level]!;
}

/** How each row moves, from the level at which it is. */
function motionOf(space: Space, { temperatures, stepSize, scale }: Tuning, places: readonly Places[]): Motion {
  const [levels, { dof }] = [temperatures.length, space];
  const n = places.length * levels;
  const motion = { kT: new Float64Array(n), stepSize: new Float64Array(n), scale: new Float64Array(n * dof) };
  for (let run = 0; run < places.length; run++) {
    for (let level = 0; level < levels; level++) {
      const row = rowAt(places, run, level);
      motion.kT[row] = space.boltzmann * temperatures[level]!;
      motion.stepSize[row] = stepSize[level]!;
      motion.scale.set(scale.subarray(level * dof, (level + 1) * dof), row * dof);
    }
  }
  return motion;
}

/** Means over runs at each level of a number per row. */
function meansByLevel(places: readonly Places[], rows: Float64Array): Float64Array {
  const levels = rows.length / places.length;
  const means = new Float64Array(levels);
  for (let run = 0; run < places.length; run++) {
    for (let level = 0; level < levels; level++) means[level]! += rows[rowAt(places, run, level)]! / places.length;
  }
  return means;
}

/**
 * One sweep: a trajectory of every walker, turns about bonds where there are any, then swaps. Costs `leapfrogs` target evaluations per
 * walker, and what the turns cost; swaps cost none.
 */
export async function stepTempering(
  space: Space,
  options: TemperingOptions,
  tuning: Tuning,
  state: TemperingState,
): Promise<[TemperingState, TemperingInfo]> {
  const motion = motionOf(space, tuning, state.places);
  const [moved, { acceptance, invalid }] = await stepHmc(space, options, motion, state.hmc);
  const [hmc, { acceptance: turned }] =
    space.turns.length > 0 && options.turns !== 0
      ? await stepTurn(space, motion.kT, moved, options.turns)
      : [moved, { acceptance: new Float64Array(moved.walkers.n) }];
  const rng = createRng(hmc.rng);
  const levels = tuning.temperatures.length;
  const swap = new Float64Array(levels - 1);
  const places = state.places.map((before, run) => {
    // The log-det is the same at every temperature.
    const logWeight = (walker: number, level: number): number =>
      -hmc.walkers.energy[run * levels + walker]! / (space.boltzmann * tuning.temperatures[level]!);
    let after = before;
    for (let round = 0; round < options.swapRounds; round++) {
      const [next, { probability }] = stepSwap(after, logWeight, (state.sweep + round) % 2, rng);
      // Later rounds repeat or undo the first ones: only those say how well the ladder is spaced.
      if (round === 0) probability.forEach((p, pair) => (swap[pair]! += p / options.runs));
      after = next;
    }
    return after;
  });
  return [
    { sweep: state.sweep + 1, hmc: { ...hmc, rng: rng.state() }, places },
    {
      acceptance: meansByLevel(state.places, acceptance),
      turned: meansByLevel(state.places, turned),
      swap,
      invalid,
    },
  ];
}
