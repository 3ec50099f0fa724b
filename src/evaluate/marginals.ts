/** One-dimensional marginals of every internal coordinate: where a flow errs, by the names of atoms. */
import { createScaling } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { atomPath, type Topology } from "../coords/topology";
import type { Histogram } from "../numerics/histogram";
import { totalVariation } from "./divergence";
import { type Distances, distancesOf, measureParts, type Part, type Parts, weightsOf } from "./parts";

const BINS = 100;

/** One coordinate of the samples against the truth: total variation distances on 100 bins of [0, 1]. */
export interface MarginalComparison {
  /** The column of x. */
  readonly column: number;
  /** E.g. "torsion ALA2:HA-CA-N-C"; "x3" without a molecule. */
  readonly name: string;
  readonly tv: Distances;
}

/** What each column of x is, by its atoms; the residue is named where it changes. */
export function coordinateNames(topology: Topology, spec: CoordinateSpec): string[] {
  const { channels, index } = createScaling(spec);
  const rows: readonly (readonly number[])[] = [...spec.bonds, ...spec.angles, ...spec.torsions];
  return channels.map((channel, column) => `${channel} ${atomPath(topology, rows[index[column]!]!)}`);
}

/** A histogram of each column in one pass over the rows; what lies outside [0, 1] counts in the bin at its edge, NaN nowhere. */
export function marginals(part: Part): Histogram[] {
  const { set, from, step, count } = part;
  const { x, dof } = set;
  const weights = weightsOf(part);
  const sums = new Float64Array(dof * BINS);
  const dropped = new Uint32Array(dof);
  for (let k = 0; k < count; k++) {
    const row = (from + k * step) * dof;
    const weight = weights === null ? 1 : weights[k]!;
    for (let c = 0; c < dof; c++) {
      const value = x[row + c]!;
      if (value !== value) dropped[c]!++;
      else sums[c * BINS + Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)))]! += weight;
    }
  }
  const axes = [{ low: 0, high: 1, bins: BINS }];
  return Array.from({ length: dof }, (_, c) => ({
    axes,
    weights: sums.subarray(c * BINS, (c + 1) * BINS),
    dropped: dropped[c]!,
  }));
}

/** Compares the marginal of every column; those furthest above the noise floor come first. */
export function compareMarginals(parts: Parts<Part>, names: readonly string[]): MarginalComparison[] {
  const all = measureParts(parts, marginals);
  const comparisons = names.map((name, column) => {
    const one = measureParts(all, (histograms) => histograms[column]!);
    return { column, name, tv: distancesOf(one, totalVariation) };
  });
  return comparisons.sort((a, b) => b.tv.matched - b.tv.floor - (a.tv.matched - a.tv.floor));
}
