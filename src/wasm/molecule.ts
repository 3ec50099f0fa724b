/**
 * A molecule in memory as module `energy` finds it: an array of atoms, and an array of the pairs of each atom with those after it.
 * Vectors hold one number for each of two conformations; parameters hold the same number twice. Laid out by
 * `src/physics/fused-layout.ts`, which has to be kept in step.
 */

@unmanaged
export class Atom {
  firstPair: Pair;
  /** Its pairs from here on neither attract nor repel (exclusions): they only shield each other from the solvent. */
  firstExcluded: Pair;
  endOfPairs: Pair;
  unused: i32;
  // parameters, as in born-radii.ts and generalized-born.ts; `surface` is the energy of the surface times B^6
  inner: v128;
  scaled: v128;
  scaledSquare: v128;
  halfScaledCube: v128;
  outer: v128;
  charge: v128;
  surface: v128;
  // position, and the gradient of the energy in it
  x: v128;
  y: v128;
  z: v128;
  gx: v128;
  gy: v128;
  gz: v128;
  /** I of the Born radius. */
  integral: v128;
  /** B. */
  radius: v128;
  /** 1 / B. */
  curvature: v128;
  /** dB/dI. */
  radiusByIntegral: v128;
  /** 2 dU/dB while the energy is summed, then 2 dU/dI. */
  slope: v128;
}

@unmanaged
export class Pair {
  /** The second atom. */
  other: Atom;
  unused0: i32;
  unused1: i32;
  unused2: i32;
  /** The distance from which on Born integrals have the form for spheres apart. */
  apart: v128;
  // parameters, as in nonbonded.ts
  repulsion: v128;
  dispersion: v128;
  charge: v128;
  /** r^2. */
  squared: v128;
  /** 2 dU/d(r^2) at fixed Born radii: what the vector between the atoms is multiplied by. */
  slope: v128;
  /** dI/d(r^2) of the first and of the second atom. */
  byFirst: v128;
  bySecond: v128;
}

export function nextAtom(atom: Atom): Atom {
  return changetype<Atom>(changetype<usize>(atom) + offsetof<Atom>());
}

export function nextPair(pair: Pair): Pair {
  return changetype<Pair>(changetype<usize>(pair) + offsetof<Pair>());
}

/** Whether a pair attracts and repels, and not only shields. */
export function interacts(pair: Pair, first: Atom): bool {
  return changetype<usize>(pair) < changetype<usize>(first.firstExcluded);
}
