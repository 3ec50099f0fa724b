/** Ramachandran densities, free energies and the two distances between them (paper, appendix on metrics: KLD and TV on 100 x 100 bins). */
import { type Axis, binSize, density, type Histogram, histogram2d } from "../numerics/histogram";

/** The dihedral axis of every Ramachandran plot here, radians. */
export const RAMACHANDRAN_AXIS: Axis = { low: -Math.PI, high: Math.PI, bins: 100 };

// Keeps the logarithm finite where a histogram is empty; the paper's value.
const EPSILON = 1e-10;

/** Two dihedrals per sample, radians in (-pi, pi]. */
export interface Dihedrals {
  readonly phi: Float64Array;
  readonly psi: Float64Array;
}

/** The column of x that holds torsion `index`, counted among the torsions alone. */
export function torsionColumn(channels: readonly string[], index: number): number {
  const columns = channels.flatMap((channel, column) => (channel === "torsion" ? [column] : []));
  const column = columns[index];
  if (column === undefined) {
    throw new RangeError(`torsionColumn: unknown torsion (got ${index}), expected an index below ${columns.length}`);
  }
  return column;
}

/** One torsion of every sample, radians in (-pi, pi], from x in [0, 1]. */
export function torsionAngles(x: ArrayLike<number>, dof: number, column: number): Float64Array {
  const angles = new Float64Array(Math.floor(x.length / dof));
  for (let i = 0; i < angles.length; i++) {
    const angle = (2 * x[i * dof + column]! - 1) * Math.PI;
    angles[i] = angle === -Math.PI ? Math.PI : angle;
  }
  return angles;
}

/** phi and psi of every sample, from the columns of x that hold them. */
export function dihedrals(
  x: ArrayLike<number>,
  dof: number,
  [phiColumn, psiColumn]: readonly [number, number],
): Dihedrals {
  return { phi: torsionAngles(x, dof, phiColumn), psi: torsionAngles(x, dof, psiColumn) };
}

/**
 * The Ramachandran histogram, phi slowest: plain, or reweighted by log weights (largest weight 1; -Infinity counts nothing).
 * Densities of a histogram integrate to 1 over [-pi, pi]^2.
 */
export function ramachandran(
  { phi, psi }: Dihedrals,
  { logWeights, axis = RAMACHANDRAN_AXIS }: { readonly logWeights?: ArrayLike<number>; readonly axis?: Axis } = {},
): Histogram {
  if (logWeights === undefined) return histogram2d(phi, psi, [axis, axis]);
  let largest = -Infinity;
  for (let i = 0; i < logWeights.length; i++) largest = Math.max(largest, logWeights[i]!);
  if (!Number.isFinite(largest)) {
    throw new RangeError(
      `ramachandran: invalid log weights (got ${largest} as the largest of ${logWeights.length}), expected a finite one; ` +
        "give invalid samples -Infinity",
    );
  }
  const weights = Float64Array.from(logWeights);
  for (let i = 0; i < weights.length; i++) weights[i] = Math.exp(weights[i]! - largest);
  return histogram2d(phi, psi, [axis, axis], weights);
}

/** -ln p in kT, shifted so that its minimum is 0; Infinity where a bin is empty (JSON writes null there, and charts leave it blank). */
export function freeEnergy(histogram: Histogram): Float64Array {
  const energies = density(histogram).map((p) => -Math.log(p));
  const lowest = energies.reduce((least, energy) => Math.min(least, energy), Infinity);
  return energies.map((energy) => energy - lowest);
}

/** KL(truth || flow) of two histograms on the same bins, as densities with 1e-10 added to both inside the logarithm. */
export function ramachandranKld(truth: Histogram, flow: Histogram): number {
  requireSameAxes("ramachandranKld", truth, flow);
  const q = density(flow);
  const sum = density(truth).reduce((kld, p, i) => kld + p * Math.log((p + EPSILON) / (q[i]! + EPSILON)), 0);
  return sum * binSize(truth.axes);
}

/** Total variation distance of two histograms on the same bins: half the L1 distance of their shares, from 0 to 1. */
export function ramachandranTv(a: Histogram, b: Histogram): number {
  requireSameAxes("ramachandranTv", a, b);
  const q = density(b);
  return 0.5 * binSize(a.axes) * density(a).reduce((sum, p, i) => sum + Math.abs(p - q[i]!), 0);
}

function requireSameAxes(place: string, a: Histogram, b: Histogram): void {
  const describe = ({ axes }: Histogram): string =>
    axes.map(({ low, high, bins }) => `${bins} bins from ${low} to ${high}`).join(" by ");
  if (describe(a) !== describe(b)) {
    throw new RangeError(`${place}: mismatched bins (got ${describe(a)} and ${describe(b)}), expected the same`);
  }
}
