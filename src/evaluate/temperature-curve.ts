/** What the samples of one flow say at any temperature of its range: log Z, and the populations and free energies of basins, with errors. */
import type { Rng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import type { Target } from "../target/target";
import { type BasinShare, basinShare } from "./basin";
import { reverseEss } from "./ess";
import { freeEnergyDifference } from "./free-energy-difference";
import { type Estimate, estimateLogZ } from "./logz";
import { samplesNear } from "./temperature-window";

/** A region of x. */
export interface Region {
  readonly name: string;
  /** Whether the point at `offset` of x [n, dof] lies inside. */
  contains(x: Float32Array, offset: number): boolean;
}

/** A region's share at a temperature, and its free energy against all else, F(inside) - F(outside) in kT. */
export interface RegionPoint extends BasinShare {
  readonly basin: string;
  readonly freeEnergy: Estimate;
}

/** Plain data. */
export interface CurvePoint {
  readonly temperature: number;
  /** Samples near enough to count. */
  readonly samples: number;
  /** Of their weights, as a share of them. */
  readonly ess: number;
  /** log of the integral of the density at this temperature: -F / kT. */
  readonly logZ: Estimate;
  readonly basins: readonly RegionPoint[];
}

export interface CurveOptions {
  readonly temperatures: readonly number[];
  /** Of the bootstrap. */
  readonly rng: Rng;
  /** Of consecutive samples, for the errors. */
  readonly blocks?: number;
}

/**
 * The curve at these temperatures, from samples of a flow drawn at temperatures all over its range. No target evaluation.
 * Neighbouring points share samples: their errors are not independent.
 * @throws RangeError for a temperature that no sample speaks for.
 */
export function temperatureCurve(
  target: Pick<Target, "boltzmann">,
  samples: Samples,
  regions: readonly Region[],
  { temperatures, rng, blocks = 20 }: CurveOptions,
): CurvePoint[] {
  return temperatures.map((temperature) => {
    const near = samplesNear(target, samples, temperature);
    if (near.n === 0) {
      throw new RangeError(
        `temperatureCurve: unknown temperature (got ${temperature}), expected one that samples were drawn near to, within the range of the flow`,
      );
    }
    const weights = logWeights(target, near, temperature);
    const at = (region: Region): RegionPoint => {
      const inside = Uint8Array.from(near.logQ, (_, i) => Number(region.contains(near.x, i * near.dof)));
      const isInside = (i: number): boolean => inside[i] === 1;
      const sides = { from: (i: number): boolean => !isInside(i), to: isInside };
      const freeEnergy = freeEnergyDifference(near.n, sides, { rng, logWeights: weights, blocks });
      return { basin: region.name, ...basinShare(weights, isInside, { blocks }), freeEnergy };
    };
    const logZ = estimateLogZ(weights, rng);
    return { temperature, samples: near.n, ess: reverseEss(weights, { clip: 0 }), logZ, basins: regions.map(at) };
  });
}
