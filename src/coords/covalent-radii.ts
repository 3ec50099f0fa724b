/** Which pairs that a force field holds at a distance are bonds: by the covalent radii of Cordero et al., Dalton Trans. 2832 (2008). */

/** nm */
const RADII: Readonly<Record<string, number>> = {
  H: 0.031,
  B: 0.084,
  C: 0.076,
  N: 0.071,
  O: 0.066,
  F: 0.057,
  Si: 0.111,
  P: 0.107,
  S: 0.105,
  Cl: 0.102,
  Se: 0.12,
  Br: 0.12,
  I: 0.139,
};

/** Between the longest bonds (1.15 times the sum of the radii) and the shortest second neighbours (1.6 times). */
const LONGEST = 1.35;

/**
 * Whether a distance (nm) can be a bond of two elements. CHARMM's harmonic terms between second neighbours (Urey-Bradley) stand in the same
 * list as bonds, and only their length tells them apart. Elements without a radius here are taken to be bonded.
 */
export function isBondLength(a: string, b: string, length: number): boolean {
  const [first, second] = [RADII[a], RADII[b]];
  return first === undefined || second === undefined || length < LONGEST * (first + second);
}
