/** Ramachandran densities, free energies and the two distances between them (paper, appendix on metrics: KLD and TV on 100 x 100 bins). */
import { type Channel, isTorsion } from "../coords/spec";
import { type Axis, density, type Histogram, histogram2d } from "../numerics/histogram";
import { expScaled } from "../numerics/logsumexp";
import { kullbackLeibler, totalVariation } from "./divergence";
import { averageDistances, columnOf, type Distances, distancesOf, measureParts, type Part, type Parts } from "./parts";

export { kullbackLeibler as ramachandranKld, totalVariation as ramachandranTv } from "./divergence";

/** The dihedral axis of every Ramachandran plot here, radians. */
export const RAMACHANDRAN_AXIS: Axis = { low: -Math.PI, high: Math.PI, bins: 100 };

/** Two dihedrals per sample, radians in (-pi, pi]. */
export interface Dihedrals {
  readonly phi: Float64Array;
  readonly psi: Float64Array;
}

/** The column of x that holds torsion `index`, counted among the torsions alone. */
export function torsionColumn(channels: readonly Channel[], index: number): number {
  const columns = channels.flatMap((channel, column) => (isTorsion(channel) ? [column] : []));
  const column = columns[index];
  if (column === undefined) {
    throw new RangeError(`torsionColumn: unknown torsion (got ${index}), expected an index below ${columns.length}`);
  }
  return column;
}

/** The columns of x that hold phi and psi, which a molecule counts among its torsions. */
export function pairColumns(
  channels: readonly Channel[],
  [phi, psi]: readonly [number, number],
): readonly [phi: number, psi: number] {
  return [torsionColumn(channels, phi), torsionColumn(channels, psi)];
}

/** One torsion of every sample, radians in (-pi, pi], from an x that spans the turn, as those of phi and psi do; `findColumns` reads the confined ones too. */
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
  const weights = expScaled(logWeights);
  if (!weights.includes(1)) {
    throw new RangeError(
      `ramachandran: invalid log weights (got ${logWeights.length} without a largest one that is finite), expected one; ` +
        "give invalid samples -Infinity",
    );
  }
  return histogram2d(phi, psi, [axis, axis], weights);
}

/** -ln p in kT, shifted so that its minimum is 0; Infinity where a bin is empty (JSON writes null there, and charts leave it blank). */
export function freeEnergy(histogram: Histogram): Float64Array {
  const energies = density(histogram).map((p) => -Math.log(p));
  const lowest = energies.reduce((least, energy) => Math.min(least, energy), Infinity);
  return energies.map((energy) => energy - lowest);
}

/** One (phi, psi) pair of the samples against the truth. */
export interface RamachandranPair {
  readonly kld: Distances;
  readonly tv: Distances;
  /** For figures. */
  readonly histograms: Parts<Histogram>;
}

/** All pairs, and the means over them that the paper reports. */
export interface RamachandranComparison {
  readonly kld: Distances;
  readonly tv: Distances;
  readonly pairs: readonly RamachandranPair[];
}

/** Compares the Ramachandran densities of each pair of columns of x. */
export function compareRamachandran(
  parts: Parts<Part>,
  columns: readonly (readonly [number, number])[],
): RamachandranComparison {
  const pairs = columns.map((pair) => {
    const histograms = measureParts(parts, (part) => {
      const [phi, psi] = pair.map((column) => torsionAngles(columnOf(part, column), 1, 0)) as [
        Float64Array,
        Float64Array,
      ];
      return ramachandran({ phi, psi }, part.logWeights === null ? {} : { logWeights: part.logWeights });
    });
    return {
      kld: distancesOf(histograms, kullbackLeibler),
      tv: distancesOf(histograms, totalVariation),
      histograms,
    };
  });
  return {
    kld: averageDistances(pairs.map((pair) => pair.kld)),
    tv: averageDistances(pairs.map((pair) => pair.tv)),
    pairs,
  };
}
