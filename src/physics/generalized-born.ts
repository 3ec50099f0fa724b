/** Polar solvation by the generalized Born equation of Still et al., J. Am. Chem. Soc. 112, 6127 (1990), given Born radii. */
import { expOfMinus } from "./tables";
import type { BornTerm } from "./term";

/** U = self sum_i q_i^2 / B_i + pair sum_i<j q_i q_j / f_ij, f^2 = r^2 + B_i B_j exp(-r^2 / (4 B_i B_j)). */
export interface GeneralizedBornData {
  /** Elementary charges. */
  readonly charges: readonly number[];
  /** -C/2 (1/solute - 1/solvent), kJ nm / mol / e^2. */
  readonly self: number;
  /** -C (1/solute - 1/solvent), kJ nm / mol / e^2. */
  readonly pair: number;
}

/** The energy of charges in a dielectric. */
export function createGeneralizedBornTerm(data: GeneralizedBornData): BornTerm {
  const atoms = data.charges.length;
  const charges = Float64Array.from(data.charges);
  const { self, pair } = data;
  return {
    name: "generalized Born",
    evaluate({ squared }, radii, slope, radiusSlope) {
      let energy = 0;
      for (let i = 0, p = 0; i < atoms; i++) {
        const radius = radii[i]!;
        const charge = pair * charges[i]!;
        const own = (self * charges[i]! * charges[i]!) / radius;
        energy += own;
        let toRadius = -own / radius;
        for (let j = i + 1; j < atoms; j++, p++) {
          const r2 = squared[p]!;
          const product = radius * radii[j]!;
          const reduced = (0.25 * r2) / product;
          const smear = expOfMinus(reduced);
          const inverse2 = 1 / (r2 + product * smear); // 1/f^2
          const u = charge * charges[j]! * Math.sqrt(inverse2);
          energy += u;
          if (slope === null || radiusSlope === null) continue;
          const bySquare = -0.5 * u * inverse2; // dU/d(f^2)
          const byProduct = bySquare * smear * (1 + reduced); // dU/d(B_i B_j)
          slope[p] = slope[p]! + bySquare * (1 - 0.25 * smear);
          toRadius += byProduct * radii[j]!;
          radiusSlope[j] = radiusSlope[j]! + byProduct * radius;
        }
        if (radiusSlope !== null) radiusSlope[i] = radiusSlope[i]! + toRadius;
      }
      return energy;
    },
  };
}
