/**
 * What an energy term is. Coordinates determine pair distances, and these determine Born radii; a term is written on the
 * first of the three that suffices, and the two adapters here carry its gradient back down that chain to the coordinates.
 */
import type { BornRadii } from "./born-radii";
import type { PairDistances } from "./pair-distances";

/** A potential energy of coordinates `xyz`, flat [3 * atoms], nm. */
export interface EnergyTerm {
  readonly name: string;
  /** kJ/mol. Adds dU/dxyz (kJ/mol/nm) into `gradient` when given. Never throws: clashes give what arithmetic gives. */
  evaluate(xyz: Float64Array, gradient: Float64Array | null): number;
}

/** An energy that depends on the coordinates through the distances of atom pairs alone. */
export interface PairTerm {
  readonly name: string;
  /** kJ/mol. Adds dU/d(r^2) of each pair (kJ/mol/nm^2) into `slope` when given. */
  evaluate(distances: PairDistances, slope: Float64Array | null): number;
}

/** An energy of pair distances and Born radii (implicit solvent). */
export interface BornTerm {
  readonly name: string;
  /** kJ/mol. Adds dU/d(r^2) at fixed radii into `slope`, and dU/dB of each atom (kJ/mol/nm) into `radiusSlope`, when given. */
  evaluate(
    distances: PairDistances,
    radii: Float64Array,
    slope: Float64Array | null,
    radiusSlope: Float64Array | null,
  ): number;
}

/** The sum of pair terms as a function of coordinates: distances are measured once for all of them. */
export function overPairs(name: string, distances: PairDistances, terms: readonly PairTerm[]): EnergyTerm {
  const slope = new Float64Array(distances.count);
  return {
    name,
    evaluate(xyz, gradient) {
      distances.measure(xyz);
      if (gradient !== null) slope.fill(0);
      let energy = 0;
      for (const term of terms) energy += term.evaluate(distances, gradient && slope);
      if (gradient !== null) distances.spread(slope, xyz, gradient);
      return energy;
    },
  };
}

/** The sum of Born terms as a function of distances: radii are computed once for all of them. */
export function overBornRadii(name: string, born: BornRadii, terms: readonly BornTerm[]): PairTerm {
  const radiusSlope = new Float64Array(born.radii.length);
  return {
    name,
    evaluate(distances, slope) {
      born.measure(distances);
      if (slope !== null) radiusSlope.fill(0);
      let energy = 0;
      for (const term of terms) energy += term.evaluate(distances, born.radii, slope, slope && radiusSlope);
      if (slope !== null) born.spread(radiusSlope, slope);
      return energy;
    },
  };
}
