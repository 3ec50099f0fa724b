/**
 * Necks: the space between two close atoms that no solvent enters and no sphere covers, which adds to the integrals of their Born radii
 * (Mongan et al., J. Chem. Theory Comput. 3, 156 (2007), GBn; Nguyen, Roe, Simmerling, ibid. 9, 2020 (2013), GBn2).
 */

/** I of an atom of kind a gains height / (1 + square (r - place)^2 + sixth (r - place)^6) from one of kind b at r < R_a + R_b + reach. */
export interface NeckData {
  /** For each atom its kind: row and column in the tables. */
  readonly kinds: readonly number[];
  readonly size: number;
  /** nm; of kinds (a, b) at [a + size * b]. */
  readonly places: readonly number[];
  /** 1/nm, likewise. */
  readonly heights: readonly number[];
  /** nm */
  readonly reach: number;
  /** 1/nm^2 and 1/nm^6. */
  readonly square: number;
  readonly sixth: number;
  /** What the radii here exceed the inner ones by, nm. */
  readonly offset: number;
}

/** The gain of the integral of `atom` from `other` at distance r; its derivative with respect to r is left in `slope`. */
export interface Neck {
  readonly slope: number;
  gain(atom: number, other: number, r: number): number;
}

/** The necks of atoms with these inner radii, nm. */
export function createNeck({ kinds, size, places, heights, ...data }: NeckData, inner: Float64Array): Neck {
  const { reach, square, sixth, offset } = data;
  const neck = {
    slope: 0,
    gain(atom: number, other: number, r: number): number {
      neck.slope = 0;
      if (r > inner[atom]! + inner[other]! + 2 * offset + reach) return 0;
      const at = kinds[atom]! + size * kinds[other]!;
      const x = r - places[at]!;
      const x2 = x * x;
      const inverse = 1 / (1 + x2 * (square + sixth * x2 * x2));
      const gain = heights[at]! * inverse;
      neck.slope = -gain * inverse * x * (2 * square + 6 * sixth * x2 * x2);
      return gain;
    },
  };
  return neck;
}
