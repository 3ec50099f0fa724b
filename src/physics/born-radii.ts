/**
 * Effective Born radii: pairwise descreening (Hawkins, Cramer, Truhlar, J. Phys. Chem. 100, 19824 (1996)), rescaled by the tanh of
 * Onufriev, Bashford, Case, Proteins 55, 383 (2004), OBC1 and OBC2. The radii are a function of pair distances.
 */
import type { PairDistances } from "./pair-distances";

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
  /** (alpha, beta, gamma) in 1/B = 1/rho - tanh(alpha psi - beta psi^2 + gamma psi^3) / outer, where psi = I rho. */
  readonly rescaling: readonly [number, number, number];
  /** Whether an atom inside another's sphere gets the term 1/rho - 1/L of the full integral (GBSAOBCForce), or not. */
  readonly engulfing: boolean;
}

/** The last measured radii. */
export interface BornRadii {
  /** B of each atom, nm. */
  readonly radii: Float64Array;
  measure(distances: PairDistances): void;
  /** Adds dU/d(r^2) of each pair into `slope`, given dU/dB of each atom at the measured distances. */
  spread(radiusSlope: Float64Array, slope: Float64Array): void;
}

/** Room for the Born radii of all atoms. */
export function createBornRadii({ spheres, rescaling, engulfing }: BornRadiiData): BornRadii {
  const atoms = spheres.length;
  const [alpha, beta, gamma] = rescaling;
  const inner = Float64Array.from(spheres, (sphere) => sphere.inner);
  const scaled = Float64Array.from(spheres, (sphere) => sphere.scaled);
  const outer = Float64Array.from(spheres, (sphere) => sphere.outer);
  const radii = new Float64Array(atoms);
  const integral = new Float64Array(atoms);
  const radiusByIntegral = new Float64Array(atoms); // dB/dI
  const byFirst = new Float64Array((atoms * (atoms - 1)) / 2); // dI_i/d(r_ij^2), for i < j
  const bySecond = new Float64Array((atoms * (atoms - 1)) / 2); // dI_j/d(r_ij^2)
  return {
    radii,
    measure({ squared, inverse }) {
      integral.fill(0);
      for (let i = 0, p = 0; i < atoms; i++) {
        const innerI = inner[i]!;
        const scaledI = scaled[i]!;
        let sum = integral[i]!;
        for (let j = i + 1; j < atoms; j++, p++) {
          const q = inverse[p]!;
          const r = squared[p]! * q;
          sum += descreen(r, q, innerI, scaled[j]!, engulfing, byFirst, p);
          integral[j] = integral[j]! + descreen(r, q, inner[j]!, scaledI, engulfing, bySecond, p);
        }
        integral[i] = sum;
      }
      for (let i = 0; i < atoms; i++) {
        const psi = integral[i]! * inner[i]!;
        const t = Math.tanh(psi * (alpha + psi * (gamma * psi - beta)));
        const radius = 1 / (1 / inner[i]! - t / outer[i]!);
        const slope = (1 - t * t) * (alpha + psi * (3 * gamma * psi - 2 * beta)) * inner[i]!;
        radii[i] = radius;
        radiusByIntegral[i] = (radius * radius * slope) / outer[i]!;
      }
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

/**
 * What an atom of inner radius `rho` loses to a sphere of radius s at distance r = 1/q, 1/nm; its d/d(r^2) goes to slope[at].
 * It is the integral of 1/x^4 / (4 pi) over the part of the sphere outside the atom: with U = r + s and L = max(rho, |r - s|),
 * (1/L - 1/U + (r - s^2/r) (1/U^2 - 1/L^2) / 4 + log(L/U) / (2 r)) / 2.
 */
function descreen(
  r: number,
  q: number,
  rho: number,
  s: number,
  engulfing: boolean,
  slope: Float64Array,
  at: number,
): number {
  const z = s * q;
  const z2 = z * z;
  if (r - s >= rho) {
    // Sphere and atom apart, as most are: L = r - s leaves a function of z = s/r alone, f / 2r with df/dz = 2 z^2 / (1 - z^2)^2.
    const inverse = 1 / (1 - z2);
    const f = z * inverse - atanh(z);
    slope[at] = -0.25 * q * q * q * (f + 2 * z * z2 * inverse * inverse);
    return 0.5 * q * f;
  }
  const upper = r + s;
  if (upper < rho) {
    slope[at] = 0; // the sphere lies wholly inside the atom
    return 0;
  }
  const lower = s - r > rho ? s - r : rho;
  const both = 1 / (lower * upper);
  const invLower = upper * both;
  const invUpper = lower * both;
  const inverses = invUpper * invUpper - invLower * invLower;
  const logarithm = 0.25 * q * Math.log(lower * invUpper);
  let value = 0.5 * (invLower - invUpper) + 0.125 * r * (1 - z2) * inverses + logarithm;
  let derivative = 0.125 * (1 + z2) * inverses - q * logarithm; // d/dr; through U it vanishes
  if (s - r > rho) {
    // The atom lies inside the sphere, L = s - r. The full integral has a term whose derivative cancels that through L.
    if (engulfing) value += 1 / rho - invLower;
    else derivative += invLower * invLower;
  }
  slope[at] = 0.5 * q * derivative;
  return value;
}

function atanh(z: number): number {
  return 0.5 * Math.log((1 + z) / (1 - z));
}
