/** The path of annealed importance sampling, found by a small crowd of walkers that goes ahead and is then thrown away. */
import { effectiveSamples } from "../evaluate/ess";
import type { RngState } from "../numerics/random";
import { type AisPath, logGain, motionAt, resampleWalkers } from "./annealed-importance";
import { mean } from "./chains";
import { type HmcOptions, stepHmc } from "./hmc";
import type { Space } from "./space";
import type { Walkers } from "./walkers";

export interface PathOptions extends HmcOptions {
  /**
   * Share of the walkers that is effective after each step from density to density, in (0, 1): the nearer to 1, the more densities between. Weights
   * of walkers that forget where they were multiply, so that about keep^(steps) of them is effective in the end.
   */
  readonly keep: number;
  /** That step sizes aim at. */
  readonly acceptance: number;
  /** HMC steps at each density, by which its step size is found. */
  readonly tries: number;
  /** More densities between than this are an error: so far apart are no two that annealing should join. */
  readonly most: number;
}

/** Bisections of an exponent: to a 2^-30 of what is left. */
const BISECTIONS = 30;

/** Of the search for a step size. The acceptance of a crowd is known well: what is left of an error falls by a third or more at each try. */
const GAIN = 1.5;

/** The furthest exponent from which walkers of equal weight at `from` keep their share effective; 1 if that is the end. */
export function nextExponent(energy: Float64Array, from: number, keep: number): number {
  const kept = (to: number): number => effectiveSamples(logGain(energy, to - from)) / energy.length;
  if (kept(1) >= keep) return 1;
  let [low, high] = [from, 1];
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (kept(middle) >= keep) low = middle;
    else high = middle;
  }
  return high;
}

/** 1 / root of the mean squared force at walkers of a density: what the deviation would be if it were normal. */
async function scaleAt(exponent: number, space: Space, walkers: Walkers): Promise<Float64Array> {
  const { dof } = space;
  const { n, x } = walkers;
  const { energyGradient, logDetGradient } = (await space.forces?.(x, n)) ?? walkers;
  const squares = new Float64Array(dof);
  for (let k = 0; k < n * dof; k++) {
    squares[k % dof]! += (logDetGradient[k]! - exponent * energyGradient[k]!) ** 2 / n;
  }
  return squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 1));
}

/** A density of a path: how walkers step at it, and some that have. */
export interface Level {
  readonly exponent: number;
  readonly stepSize: number;
  /** [dof] */
  readonly scale: Float64Array;
  readonly walkers: Walkers;
}

/**
 * Exponents at which `keep` of the walkers is effective after each step, with step sizes of the wanted acceptance, up to the last before 1, or to 1 itself.
 * Costs `tries * leapfrogs` target evaluations per walker and exponent, one more where the space has `forces` of its own.
 * @throws RangeError if the options are none; Error if more than `most` densities would be needed.
 */
export async function findLevels(
  space: Space,
  options: PathOptions,
  start: Walkers,
  stored: RngState,
  toTarget: boolean,
): Promise<readonly [readonly Level[], RngState]> {
  const { keep, tries, most, acceptance: wanted } = options;
  if (!(keep > 0 && keep < 1) || !Number.isSafeInteger(tries) || tries < 1) {
    throw new RangeError(
      `findPath: invalid options (got keep ${keep}, ${tries} tries), expected a share between 0 and 1 and a positive integer`,
    );
  }
  const levels: Level[] = [];
  let state = { walkers: start, rng: stored };
  let size = 0.2;
  for (let exponent = 0; exponent < 1;) {
    exponent = nextExponent(state.walkers.energy, exponent, keep);
    if (exponent === 1 && !toTarget) break;
    const last = levels.at(-1)?.exponent ?? 0;
    if (levels.length === most && exponent < 1) {
      throw new Error(
        `findPath: missing overlap (got ${most} densities, the last at an exponent of ${last}), expected to arrive at 1; train the flow ` +
          "further, or keep a smaller share at each step",
      );
    }
    state = resampleWalkers(state.walkers, logGain(state.walkers.energy, exponent - last), state.rng);
    const scale = await scaleAt(exponent, space, state.walkers);
    for (let k = 0; k < tries; k++) {
      const [next, info] = await stepHmc(space, options, motionAt(state.walkers.n, exponent, size, scale), state);
      size *= Math.exp(GAIN * (mean(info.acceptance) - wanted));
      state = next;
    }
    levels.push({ exponent, stepSize: size, scale, walkers: state.walkers });
  }
  return [levels, state.rng];
}

/** The path of `annealedImportance`: frozen, as it wants them, these levels leave its weights without bias. Costs and errors as of `findLevels`. */
export async function findPath(
  space: Space,
  options: PathOptions,
  start: Walkers,
  stored: RngState,
): Promise<readonly [AisPath, RngState]> {
  const [levels, rng] = await findLevels(space, options, start, stored, false);
  const path = {
    exponents: levels.map(({ exponent }) => exponent),
    stepSizes: levels.map(({ stepSize }) => stepSize),
    scales: levels.map(({ scale }) => scale),
  };
  return [path, rng];
}
