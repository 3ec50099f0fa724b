/** Annealed importance sampling (Neal 2001): walkers are led from one density to another, and weighted for what they fall short of it. */
import type { RngState } from "../numerics/random";
import { type HmcOptions, stepHmc } from "./hmc";
import type { Space } from "./space";
import type { Walkers } from "./walkers";

export interface AisOptions extends HmcOptions {
  /** Densities between the first and the last, each the stationary one of an HMC step: exponents 1/(levels+1), 2/(levels+1), ... */
  readonly levels: number;
}

export interface AisResult {
  readonly walkers: Walkers;
  /** [n]: log weights of the walkers as samples of the last density; their mean weight estimates the ratio of the two normalisers. */
  readonly logWeights: Float64Array;
  /** Mean probability of acceptance at each level. */
  readonly acceptance: readonly number[];
  readonly rng: RngState;
}

/** The exponent of a level; 0 is the first density, levels + 1 the last. */
const exponent = (level: number, levels: number): number => level / (levels + 1);

/**
 * Leads walkers that are samples of exp(logDet) through exp(-b U + logDet) to b = 1, U being the space's energy. Costs levels * leapfrogs target
 * evaluations per walker. Walkers without a finite energy at the start have no weight.
 * @param stepSizes of the HMC step at each level, in units of x
 */
export async function annealedImportance(
  space: Space,
  options: AisOptions,
  start: Walkers,
  stepSizes: readonly number[],
  rng: RngState,
): Promise<AisResult> {
  const { levels } = options;
  const { n } = start;
  const logWeights = new Float64Array(n);
  const scale = new Float64Array(n * space.dof).fill(1);
  const acceptance: number[] = [];
  let state = { walkers: start, rng };
  for (let level = 0; level <= levels; level++) {
    if (level > 0) {
      const kT = new Float64Array(n).fill(1 / exponent(level, levels));
      const stepSize = new Float64Array(n).fill(stepSizes[level - 1]!);
      const [next, info] = await stepHmc(space, options, { kT, stepSize, scale }, state);
      state = next;
      acceptance.push(info.acceptance.reduce((sum, a) => sum + a, 0) / n);
    }
    const step = exponent(level + 1, levels) - exponent(level, levels);
    for (let i = 0; i < n; i++) logWeights[i]! -= step * state.walkers.energy[i]!;
  }
  for (let i = 0; i < n; i++) if (!Number.isFinite(logWeights[i])) logWeights[i] = -Infinity;
  return { walkers: state.walkers, logWeights, acceptance, rng: state.rng };
}
