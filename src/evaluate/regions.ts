/**
 * The metastable regions of a plane of two angles, found in its density and not drawn by hand: every maximum that a barrier parts from all higher ones,
 * with the bins that lie uphill to it (the watershed of the density, small maxima merged by persistence: Chazal et al. 2013, ToMATo).
 */
import { binFinder, binMiddle, type Histogram } from "../numerics/histogram";
import { basinShare, type BasinShare } from "./basin";
import type { Dihedrals } from "./ramachandran";

/** One region; angles in radians. */
export interface MetastableRegion {
  /** The middle of its densest bin. */
  readonly phi: number;
  readonly psi: number;
  /** Of the whole weight, 0 to 1. */
  readonly share: number;
}

/** Regions of a plane, the largest first. */
export interface RegionMap {
  readonly regions: readonly MetastableRegion[];
  /** The region at two angles; -1 where the density is zero, or belongs to none that is large enough. */
  regionAt(phi: number, psi: number): number;
}

export interface RegionOptions {
  /** kT: lower ones part no regions. */
  readonly barrier?: number;
  /** Regions of a smaller share are left out: rare bins make maxima of noise. */
  readonly least?: number;
}

/** Weights of a bin and its neighbours, binomial along each axis: counts of single bins are noisy. */
const SMOOTHING = [0.25, 0.5, 0.25];

/**
 * Finds the regions of a histogram over [-pi, pi]^2, both axes periodic.
 * @example const { regions } = metastableRegions(loadGroundTruth("tetra").ramachandran[0])
 * @throws RangeError if the histogram has one axis, no weight, or an option is out of range.
 */
export function metastableRegions(
  { axes, weights }: Histogram,
  { barrier = 1, least = 1e-3 }: RegionOptions = {},
): RegionMap {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (axes.length !== 2 || !(total > 0)) {
    throw new RangeError(
      `metastableRegions: invalid histogram (got ${axes.length} axes, weight ${total}), expected two axes and some weight`,
    );
  }
  if (!(barrier > 0 && least >= 0 && least < 1)) {
    throw new RangeError(
      `metastableRegions: invalid options (got barrier ${barrier}, least ${least}), expected barrier > 0 kT and 0 <= least < 1`,
    );
  }
  const [rows, columns] = axes.map(({ bins }) => bins) as [number, number];
  const peaks = climb(smooth(weights, rows, columns), rows, columns, barrier);
  const shares = new Map<number, number>();
  peaks.forEach((peak, bin) => {
    if (peak >= 0) shares.set(peak, (shares.get(peak) ?? 0) + weights[bin]! / total);
  });
  const kept = [...shares].filter(([, share]) => share >= least).sort((a, b) => b[1] - a[1]);
  const numbers = new Map(kept.map(([peak], number) => [peak, number]));
  const [findRow, findColumn] = [binFinder(axes[0]!), binFinder(axes[1]!)];
  return {
    regions: kept.map(([peak, share]) => {
      return { phi: binMiddle(axes[0]!, Math.floor(peak / columns)), psi: binMiddle(axes[1]!, peak % columns), share };
    }),
    regionAt(phi, psi) {
      const [row, column] = [findRow(phi), findColumn(psi)];
      return row < 0 || column < 0 ? -1 : (numbers.get(peaks[row * columns + column]!) ?? -1);
    },
  };
}

/** What of the samples lies in each region: as they are, and weighted. */
export function regionShares(
  { regions, regionAt }: RegionMap,
  { phi, psi }: Dihedrals,
  logWeights: ArrayLike<number>,
  options: { readonly blocks?: number } = {},
): BasinShare[] {
  const where = Int32Array.from(phi, (angle, i) => regionAt(angle, psi[i]!));
  return regions.map((_, region) => basinShare(logWeights, (i) => where[i] === region, options));
}

function smooth(weights: Float64Array, rows: number, columns: number): Float64Array {
  return weights.map((_, bin) => {
    let sum = 0;
    SMOOTHING.forEach((a, i) =>
      SMOOTHING.forEach((b, j) => {
        sum += a * b * weights[neighbour(bin, i - 1, j - 1, rows, columns)]!;
      }),
    );
    return sum;
  });
}

/** The bin that lies so many rows and columns further, around the edges. */
function neighbour(bin: number, down: number, right: number, rows: number, columns: number): number {
  const row = (Math.floor(bin / columns) + down + rows) % rows;
  return row * columns + (((bin % columns) + right + columns) % columns);
}

/** The bin of the maximum that each bin belongs to; -1 where the density is zero. */
function climb(density: Float64Array, rows: number, columns: number, barrier: number): Int32Array {
  const parent = new Int32Array(density.length).fill(-1);
  const top = (bin: number): number => {
    let at = bin;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  // From the densest bin down, so that a bin's higher neighbours have their regions already.
  const order = Array.from(density.keys())
    .filter((bin) => density[bin]! > 0)
    .sort((a, b) => density[b]! - density[a]! || a - b);
  for (const bin of order) {
    parent[bin] = bin;
    const around = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => neighbour(bin, i, j, rows, columns)));
    const tops = [...new Set(around.filter((next) => next !== bin && parent[next]! >= 0).map(top))];
    if (tops.length === 0) continue;
    const highest = tops.reduce((a, b) => (density[b]! > density[a]! ? b : a));
    parent[bin] = highest;
    // The saddle to each of the others is here: where it is low, the smaller maximum is part of the higher one.
    for (const other of tops) {
      if (other !== highest && Math.log(density[other]! / density[bin]!) < barrier) parent[other] = highest;
    }
  }
  return parent.map((at, bin) => (at < 0 ? -1 : top(bin)));
}
