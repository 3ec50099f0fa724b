/**
 * Apolar solvation: the surface area estimated from Born radii, U = factor (r + probe)^2 (r / B)^6, OpenMM's "ACE" (after Schaefer,
 * Bartels, Karplus, J. Mol. Biol. 284, 835 (1998)).
 */
import type { BornTerm } from "./term";

/** The parameters of the estimate. */
export interface SurfaceAreaData {
  /** 4 pi times the surface tension, kJ/mol/nm^2. */
  readonly factor: number;
  /** Radius of the solvent probe, nm. */
  readonly probe: number;
  /** Intrinsic radii r of the atoms, nm. */
  readonly radii: readonly number[];
}

/** The energy of each atom's surface times B^6, kJ/mol nm^6. */
export function toNumerators({ factor, probe, radii }: SurfaceAreaData): Float64Array {
  return Float64Array.from(radii, (r) => factor * (r + probe) ** 2 * r ** 6);
}

/** The energy of the solvent-accessible surface. */
export function createSurfaceAreaTerm(data: SurfaceAreaData): BornTerm {
  const numerator = toNumerators(data);
  return {
    name: "surface area",
    evaluate(_distances, radii, _slope, radiusSlope) {
      let energy = 0;
      for (let i = 0; i < numerator.length; i++) {
        const inverse = 1 / radii[i]!;
        const cube = inverse * inverse * inverse;
        const area = numerator[i]! * cube * cube;
        energy += area;
        if (radiusSlope !== null) radiusSlope[i] = radiusSlope[i]! - 6 * area * inverse;
      }
      return energy;
    },
  };
}
