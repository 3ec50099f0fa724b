/**
 * Annealed importance sampling (Neal 2001) and its form with resampling, sequential Monte Carlo (Del Moral et al. 2006): walkers are led from one
 * density to another, and weighted for what they fall short of it.
 */
import { effectiveSamples } from "../evaluate/ess";
import { logMeanExp } from "../numerics/logsumexp";
import { createRng, type RngState } from "../numerics/random";
import { resampleSystematic } from "../numerics/resample";
import { mean } from "./chains";
import { type HmcOptions, stepHmc } from "./hmc";
import type { Motion } from "./leapfrog";
import type { Space } from "./space";
import { takeWalkers, type Walkers } from "./walkers";

export interface AisOptions extends HmcOptions {
  /** Walkers are resampled where fewer than this share of them is effective; 0: never, and they stay independent of each other. */
  readonly resampleBelow: number;
}

/** The way between the two densities. */
export interface AisPath {
  /** Of the densities between, ascending within (0, 1): each is the stationary one of an HMC step. */
  readonly exponents: readonly number[];
  /** Of these steps, in units of the scale. */
  readonly stepSizes: readonly number[];
  /** [dof] for each: 1 / sqrt(mass) of every coordinate. */
  readonly scales: readonly Float64Array[];
}

/** Where walkers set out, as samples of exp(-b U + logDet) that all weigh alike. */
export interface Departure {
  /** b */
  readonly exponent: number;
  readonly logWeight: number;
}

/** As samples of the first density. */
export const FROM_THE_FIRST: Departure = { exponent: 0, logWeight: 0 };

export interface AisResult {
  readonly walkers: Walkers;
  /** [n]: log weights of the walkers as samples of the last density; their mean weight estimates the ratio of the two normalisers. */
  readonly logWeights: Float64Array;
  /** [n]: the start from which each walker comes; each its own where none was resampled. */
  readonly ancestors: Uint32Array;
  /** Mean probability of acceptance at each exponent. */
  readonly acceptance: readonly number[];
  readonly rng: RngState;
}

/** `levels` exponents 1/(levels+1), 2/(levels+1), ... */
export function evenExponents(levels: number): number[] {
  return Array.from({ length: levels }, (_, k) => (k + 1) / (levels + 1));
}

/** The motion of n walkers that all move alike at an exponent of a path. */
export function motionAt(n: number, exponent: number, size: number, scale: Float64Array): Motion {
  const rows = new Float64Array(n * scale.length);
  for (let i = 0; i < n; i++) rows.set(scale, i * scale.length);
  return { kT: new Float64Array(n).fill(1 / exponent), stepSize: new Float64Array(n).fill(size), scale: rows };
}

/** log of what a density gains at walkers of these energies by a step of the exponent; where there is no finite energy there is no weight. */
export function logGain(energy: Float64Array, step: number): Float64Array {
  return energy.map((u) => (Number.isFinite(u) ? -step * u : -Infinity));
}

/** Draws walkers in proportion to their weights; then all weigh as much as the mean, which leaves the estimate of the normalisers' ratio as it was. */
export function resampleWalkers(
  walkers: Walkers,
  logWeights: Float64Array,
  stored: RngState,
): {
  readonly walkers: Walkers;
  readonly picks: Uint32Array;
  readonly logWeights: Float64Array;
  readonly rng: RngState;
} {
  const rng = createRng(stored);
  const picks = resampleSystematic(logWeights, walkers.n, rng);
  const even = new Float64Array(walkers.n).fill(logMeanExp(logWeights));
  return { walkers: takeWalkers(walkers, picks), picks, logWeights: even, rng: rng.state() };
}

/**
 * Leads walkers from where they set out, by default as samples of exp(logDet), through exp(-b U + logDet) to b = 1, U being the space's energy. Costs
 * `leapfrogs` target evaluations per walker and exponent; none of these may be below the departure's. Walkers without a finite energy at the start have no weight.
 */
export async function annealedImportance(
  space: Space,
  options: AisOptions,
  start: Walkers,
  { exponents, stepSizes, scales }: AisPath,
  rng: RngState,
  departure: Departure = FROM_THE_FIRST,
): Promise<AisResult> {
  const { n } = start;
  const acceptance: number[] = [];
  let at = departure.exponent;
  let logWeights = new Float64Array(n).fill(departure.logWeight);
  let ancestors = Uint32Array.from({ length: n }, (_, i) => i);
  let state = { walkers: start, rng };
  for (let level = 0; level <= exponents.length; level++) {
    const exponent = exponents[level] ?? 1;
    const gain = logGain(state.walkers.energy, exponent - at);
    at = exponent;
    logWeights = logWeights.map((weight, i) => weight + gain[i]!);
    if (level === exponents.length) break;
    if (effectiveSamples(logWeights) < options.resampleBelow * n) {
      const resampled = resampleWalkers(state.walkers, logWeights, state.rng);
      ancestors = resampled.picks.map((i) => ancestors[i]!);
      logWeights = Float64Array.from(resampled.logWeights);
      state = resampled;
    }
    const [next, info] = await stepHmc(space, options, motionAt(n, exponent, stepSizes[level]!, scales[level]!), state);
    state = next;
    acceptance.push(mean(info.acceptance));
  }
  return { walkers: state.walkers, logWeights, ancestors, acceptance, rng: state.rng };
}
