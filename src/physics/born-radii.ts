/**
 * Effective Born radii: pairwise descreening (Hawkins, Cramer, Truhlar, J. Phys. Chem. 100, 19824 (1996)), HCT, rescaled by the tanh of
 * Onufriev, Bashford, Case, Proteins 55, 383 (2004), OBC1 and OBC2, and with necks between atoms, GBn and GBn2. They are a function of pair
 * distances.
 */
import { createNeck, type NeckData } from "./neck";
import type { PairDistances } from "./pair-distances";
import { logOfFraction } from "./tables";

export type { NeckData } from "./neck";
/** (alpha, beta, gamma) in 1/B = 1/rho - tanh(alpha psi - beta psi^2 + gamma psi^3) / outer, where psi = I rho. */
export type Rescaling = readonly [number, number, number];

/** Everything that determines the radii; lengths in nm. */
export interface BornRadiiData {
  readonly spheres: readonly {
    /** rho: the radius less the dielectric offset, where the integral of the atom itself begins. */
    readonly inner: number;
    /** The atom as others see it: its inner radius, scaled down for overlaps. */
    readonly scaled: number;
    /** The whole intrinsic radius. */
    readonly outer: number;
  }[];
  /** null: none, 1/B = 1/rho - I (HCT). */
  readonly rescaling: Rescaling | null;
  /** In its place, one for each atom (GBn2). */
  readonly rescalings?: readonly Rescaling[];
  /** Whether an atom inside another's sphere gets the term 1/rho - 1/L of the full integral (GBSAOBCForce), or not. */
  readonly engulfing: boolean;
  readonly neck?: NeckData;
}

/** The last measured radii. */
export interface BornRadii {
  /** B of each atom, nm. */
  readonly radii: Float64Array;
  /** Computes the radii of all atoms. */
  measure(distances: PairDistances): void;
  /** Adds dU/d(r^2) of each pair into `slope`, given dU/dB of each atom at the measured distances. */
  spread(radiusSlope: Float64Array, slope: Float64Array): void;
}

/** Room for the Born radii of all atoms. */
export function createBornRadii(data: BornRadiiData): BornRadii {
  const { spheres, rescaling, rescalings, engulfing } = data;
  const atoms = spheres.length;
  const inner = Float64Array.from(spheres, (sphere) => sphere.inner);
  const scaled = Float64Array.from(spheres, (sphere) => sphere.scaled);
  const outer = Float64Array.from(spheres, (sphere) => sphere.outer);
  const rescale = createRescaling(rescalings ?? (rescaling && spheres.map(() => rescaling)));
  const neck = data.neck ? createNeck(data.neck, inner) : null;
  const radii = new Float64Array(atoms);
  const integral = new Float64Array(atoms); // I, 1/nm
  const radiusByIntegral = new Float64Array(atoms); // dB/dI
  const byFirst = new Float64Array((atoms * (atoms - 1)) / 2); // dI_i/d(r_ij^2), for i < j
  const bySecond = new Float64Array((atoms * (atoms - 1)) / 2); // dI_j/d(r_ij^2)

  /**
   * Adds to I of `atom` what it loses to the sphere of `other`, and puts the derivative with respect to r^2 in slope[p].
   * It is the integral of 1/x^4 / (4 pi) over the part of the sphere outside the atom: with U = r + s, L = max(rho, |r - s|),
   * (1/L - 1/U + (r - s^2/r) (1/U^2 - 1/L^2) / 4 + log(L/U) / (2 r)) / 2.
   * (Its arguments are integers because V8 would put doubles on the heap at a call that it does not inline.)
   */
  function descreen(atom: number, other: number, p: number, { squared, inverse }: PairDistances, slope: Float64Array) {
    const rho = inner[atom]!;
    const s = scaled[other]!;
    const q = inverse[p]!;
    const r = squared[p]! * q;
    const upper = r + s;
    if (upper < rho) {
      slope[p] = 0; // the sphere lies wholly inside the atom
      return;
    }
    const near = Math.abs(r - s);
    const lower = near > rho ? near : rho;
    const both = 1 / (lower * upper);
    const invLower = upper * both;
    const invUpper = lower * both;
    const inverses = invUpper * invUpper - invLower * invLower;
    const logarithm = 0.25 * q * logOfFraction(lower * invUpper);
    const ratio = s * s * q * q;
    let value = 0.5 * (invLower - invUpper) + 0.125 * r * (1 - ratio) * inverses + logarithm;
    let derivative = 0.125 * (1 + ratio) * inverses - q * logarithm; // d/dr; through U, and through L = r - s, it vanishes
    if (s - r > rho) {
      // The atom lies inside the sphere, L = s - r: the term that is missing here would cancel the derivative through L.
      if (engulfing) value += 1 / rho - invLower;
      else derivative += invLower * invLower;
    }
    integral[atom] = integral[atom]! + value;
    slope[p] = 0.5 * q * derivative;
  }

  return {
    radii,
    measure(distances) {
      const { squared, inverse } = distances;
      integral.fill(0);
      for (let i = 0, p = 0; i < atoms; i++) {
        const rho = inner[i]!;
        const s = scaled[i]!;
        for (let j = i + 1; j < atoms; j++, p++) {
          const q = inverse[p]!;
          const r = squared[p]! * q;
          if (r >= rho + scaled[j]! && r >= s + inner[j]!) {
            // Each sphere apart from the other atom, as in most pairs: the same integral, for less and both ways at once.
            const zi = s * q;
            const zj = scaled[j]! * q;
            const inverseI = 1 / (1 - zi * zi);
            const inverseJ = 1 / (1 - zj * zj);
            const lossI = descreenApart(zj, inverseJ);
            const lossJ = descreenApart(zi, inverseI);
            const half = 0.5 * q;
            const cube = -half * half * q;
            integral[i] = integral[i]! + half * lossI;
            integral[j] = integral[j]! + half * lossJ;
            byFirst[p] = cube * (lossI + 2 * zj * zj * zj * inverseJ * inverseJ);
            bySecond[p] = cube * (lossJ + 2 * zi * zi * zi * inverseI * inverseI);
          } else {
            descreen(i, j, p, distances, byFirst);
            descreen(j, i, p, distances, bySecond);
          }
          if (neck === null) continue;
          integral[i] = integral[i]! + neck.gain(i, j, r);
          byFirst[p] = byFirst[p]! + 0.5 * q * neck.slope;
          integral[j] = integral[j]! + neck.gain(j, i, r);
          bySecond[p] = bySecond[p]! + 0.5 * q * neck.slope;
        }
      }
      rescale(integral, { inner, outer }, radii, radiusByIntegral);
    },
    spread(radiusSlope, slope) {
      for (let i = 0, p = 0; i < atoms; i++) {
        const first = radiusSlope[i]! * radiusByIntegral[i]!;
        for (let j = i + 1; j < atoms; j++, p++) {
          const second = radiusSlope[j]! * radiusByIntegral[j]!;
          slope[p] = slope[p]! + first * byFirst[p]! + second * bySecond[p]!;
        }
      }
    },
  };
}

/** A function that fills B and dB/dI of all atoms from I. */
function createRescaling(rescalings: readonly Rescaling[] | null) {
  const [alpha, beta, gamma] = [0, 1, 2].map((k) => Float64Array.from(rescalings ?? [], (row) => row[k]!)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (
    integral: Float64Array,
    { inner, outer }: Readonly<Record<"inner" | "outer", Float64Array>>,
    radii: Float64Array,
    radiusByIntegral: Float64Array,
  ): void => {
    for (let i = 0; i < radii.length; i++) {
      if (rescalings === null) {
        const radius = 1 / (1 / inner[i]! - integral[i]!);
        radii[i] = radius;
        radiusByIntegral[i] = radius * radius;
        continue;
      }
      const [a, b, c] = [alpha[i]!, beta[i]!, gamma[i]!];
      const psi = integral[i]! * inner[i]!;
      const t = Math.tanh(psi * (a + psi * (c * psi - b)));
      const radius = 1 / (1 / inner[i]! - t / outer[i]!);
      const slope = (1 - t * t) * (a + psi * (3 * c * psi - 2 * b)) * inner[i]!;
      radii[i] = radius;
      radiusByIntegral[i] = (radius * radius * slope) / outer[i]!;
    }
  };
}

/**
 * What an atom loses to a sphere apart from it, r - s >= rho, times 2 r. L = r - s leaves a function of z = s/r alone, whose
 * derivative is 2 z^2 / (1 - z^2)^2: z / (1 - z^2) - artanh(z). `inverse` is 1 / (1 - z^2).
 */
function descreenApart(z: number, inverse: number): number {
  return z * inverse + 0.5 * logOfFraction((1 - z) * (1 - z) * inverse);
}
