/** The metastable conformations of a residue in its Ramachandran plane, and their free energies relative to the extended one. */
import type { Rng } from "../numerics/random";
import { freeEnergyDifference, type Region } from "./free-energy-difference";
import type { Estimate } from "./logz";
import type { Part, Parts, SampleSet } from "./parts";

/** 0 < phi < 120 degrees, in torsions scaled to [0, 1]: the left-handed region, with its border in the barrier. */
export const LEFT_HANDED = [0.5, 0.5 + 120 / 360] as const;
/** -120 < psi < 30 degrees: the right-handed helical region of all other phi. */
const HELICAL = [0.5 - 120 / 360, 0.5 + 30 / 360] as const;

export const CONFORMATIONS = ["beta", "alpha R", "alpha L"] as const;
export type Conformation = (typeof CONFORMATIONS)[number];

/** The conformation of torsions given as x in [0, 1]: every point belongs to one. */
export function conformationOf(phi: number, psi: number): Conformation {
  if (phi > LEFT_HANDED[0] && phi < LEFT_HANDED[1]) return "alpha L";
  return psi > HELICAL[0] && psi < HELICAL[1] ? "alpha R" : "beta";
}

/** F(conformation) - F(beta) of one residue, kT. */
export interface ConformationComparison {
  /** The (phi, psi) pair of the molecule, counted from 0. */
  readonly pair: number;
  readonly conformation: Exclude<Conformation, "beta">;
  readonly plain: Estimate;
  readonly reweighted: Estimate | null;
  readonly truth: Estimate;
}

/** Compares the free energies of alpha R and alpha L relative to beta, for each pair of columns of x. */
export function compareConformations(
  { plain, reweighted, truth }: Parts<Part>,
  columns: readonly (readonly [number, number])[],
  rng: Rng,
  { blocks = 50 }: { readonly blocks?: number } = {},
): ConformationComparison[] {
  return columns.flatMap(([phi, psi], pair) =>
    (["alpha R", "alpha L"] as const).map((conformation) => {
      const isIn =
        ({ x, dof }: SampleSet, which: Conformation): Region =>
        (row) =>
          conformationOf(x[row * dof + phi]!, x[row * dof + psi]!) === which;
      const estimate = ({ set, logWeights }: Part): Estimate => {
        const regions = { from: isIn(set, "beta"), to: isIn(set, conformation) };
        return freeEnergyDifference(set.n, regions, { rng, logWeights, blocks });
      };
      return {
        pair,
        conformation,
        plain: estimate(plain),
        reweighted: reweighted && estimate(reweighted),
        truth: estimate(truth),
      };
    }),
  );
}
