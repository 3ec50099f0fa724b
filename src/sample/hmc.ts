/** Hamiltonian Monte Carlo of many walkers at once, each at its own temperature (Duane et al. 1987; Neal 2011). One leapfrog step is MALA. */
import { createRng, type RngState } from "../numerics/random";
import { isValid } from "../target/target";
import { hamiltonian, integrate, type Motion } from "./leapfrog";
import type { Space } from "./space";
import { chooseWalkers, requireValid, type Walkers } from "./walkers";

export interface HmcOptions {
  /** Leapfrog steps per proposal: target evaluations per walker. */
  readonly leapfrogs: number;
  /** Each walker's step size is drawn from its own times [1 - jitter, 1 + jitter], lest a period of the motion be met exactly. */
  readonly jitter: number;
}

/** Plain data: the next step depends on this and the motion alone. */
export interface HmcState {
  readonly walkers: Walkers;
  readonly rng: RngState;
}

export interface HmcInfo {
  /** Probability with which each proposal was accepted, [n]. */
  readonly acceptance: Float64Array;
  /** Proposals without a finite energy, all rejected. */
  readonly invalid: number;
}

/** @throws RangeError if the options are none; Error if a walker starts where it cannot be evaluated. */
export function initHmc(walkers: Walkers, rng: RngState, { leapfrogs, jitter }: HmcOptions): HmcState {
  if (!Number.isSafeInteger(leapfrogs) || leapfrogs < 1 || !(jitter >= 0 && jitter < 1)) {
    throw new RangeError(
      `initHmc: invalid options (got ${leapfrogs} leapfrogs, jitter ${jitter}), expected a positive integer and a number in [0, 1)`,
    );
  }
  requireValid("initHmc", walkers);
  return { walkers, rng };
}

/** One proposal per walker, accepted or not. */
export async function stepHmc(
  space: Space,
  { leapfrogs, jitter }: HmcOptions,
  motion: Motion,
  { walkers, rng: stored }: HmcState,
): Promise<[HmcState, HmcInfo]> {
  const rng = createRng(stored);
  const { n } = walkers;
  const momentum = walkers.x.map(() => rng.normal());
  const stepSize = motion.stepSize.map((size) => size * (1 + jitter * (2 * rng.uniform() - 1)));
  const end = await integrate(space, walkers, momentum, { ...motion, stepSize }, leapfrogs);
  const before = hamiltonian(walkers, momentum, motion.kT);
  const after = hamiltonian(end.walkers, end.momentum, motion.kT);
  const acceptance = new Float64Array(n);
  const accepted = new Uint8Array(n);
  let invalid = 0;
  for (let i = 0; i < n; i++) {
    const u = rng.uniform(); // drawn for every walker, so that one's fate does not shift the numbers of the next
    if (!isValid(end.walkers.energy[i]!, end.walkers.logDet[i]!)) invalid++;
    else acceptance[i] = Math.min(1, Math.exp(before[i]! - after[i]!)) || 0; // NaN where a momentum overflowed
    accepted[i] = u < acceptance[i]! ? 1 : 0;
  }
  return [
    { walkers: chooseWalkers(walkers, end.walkers, accepted), rng: rng.state() },
    { acceptance, invalid },
  ];
}
