/** Implicit solvent as one force: Born radii, the polar term, and the surface term if there is one; OpenMM's GBSAOBCForce. */
import { createBornRadii, type BornRadii, type BornRadiiData } from "./born-radii";
import { COULOMB, expectLayout, expectNoCutoff, particlesOf, positive } from "./force";
import { createGeneralizedBornTerm, type GeneralizedBornData } from "./generalized-born";
import { createSurfaceAreaTerm, type SurfaceAreaData } from "./surface-area";
import type { BornTerm } from "./term";
import { numberOf, type Element } from "./xml";

/** The parameters of an implicit solvent. */
export interface ImplicitSolventData {
  readonly type: "implicit solvent";
  readonly born: BornRadiiData;
  readonly polar: GeneralizedBornData;
  readonly surface: SurfaceAreaData | null;
}

// Fixed in OpenMM's GBSAOBCForce (its ObcParameters.cpp): OBC2, the dielectric offset and the probe radius, nm.
const OBC2 = [1, 0.8, 4.85] as const;
const OFFSET = 0.009;
const PROBE = 0.14;

/** Reads a `GBSAOBCForce` element. */
export function readGbsaObc(force: Element, atoms: number): ImplicitSolventData {
  expectLayout(force, 2, ["Particles"]);
  expectNoCutoff(force);
  const particles = particlesOf(force, atoms);
  const radii = particles.map((particle) => numberOf(particle, "r"));
  const spheres = particles.map((particle, i) => {
    const inner = positive(particle, `radius r less ${OFFSET}`, radii[i]! - OFFSET);
    return { inner, scaled: inner * numberOf(particle, "scale"), outer: radii[i]! };
  });
  const pair = -COULOMB * (1 / numberOf(force, "soluteDielectric") - 1 / numberOf(force, "solventDielectric"));
  const tension = numberOf(force, "surfaceAreaEnergy");
  return {
    type: "implicit solvent",
    born: { spheres, rescaling: OBC2, engulfing: true },
    polar: { charges: particles.map((particle) => numberOf(particle, "q")), self: pair / 2, pair },
    surface: tension === 0 ? null : { factor: 4 * Math.PI * tension, probe: PROBE, radii },
  };
}

/** Born radii and the terms that need them. */
export function createSolvent(data: ImplicitSolventData): { born: BornRadii; terms: BornTerm[] } {
  const terms = [createGeneralizedBornTerm(data.polar)];
  if (data.surface !== null) terms.push(createSurfaceAreaTerm(data.surface));
  return { born: createBornRadii(data.born), terms };
}
