/** The potential energy of a system and its gradient (f64): every force's terms, one by one and in total. */
import { createAngleTerm } from "./angle";
import { createBondTerm } from "./bond";
import { createCmapTerm } from "./cmap";
import { canBeFused, createFused, LANES, type Fused } from "./fused";
import { createHarmonicTorsionTerm } from "./harmonic-torsion";
import { createSolvent } from "./implicit-solvent";
import { createLennardJonesTerm } from "./lennard-jones";
import { createNonbondedTerm } from "./nonbonded";
import { createPairDistances, type PairDistances } from "./pair-distances";
import type { ForceData, System } from "./system";
import { overBornRadii, overPairs, type EnergyTerm, type PairTerm } from "./term";
import { createTorsionTerm } from "./torsion";

/** U of coordinates `xyz`, flat [3 * atoms], nm. Holds scratch memory: one instance per thread. */
export interface Energy {
  readonly atoms: number;
  /** The parts of U, each to be evaluated alone; their sum is the total. */
  readonly terms: readonly EnergyTerm[];
  /** kJ/mol. Fills `gradient` with dU/dxyz (kJ/mol/nm) when given. Never throws: clashes give what arithmetic gives. */
  evaluate(xyz: Float64Array, gradient: Float64Array | null): number;
  /** The same, to the bit, for up to `LANES` conformations together: with an implicit solvent at the price of one. */
  readonly evaluateTogether: Fused;
}

/** The energy of a system. */
export function createEnergy({ atoms, forces }: System): Energy {
  const distances = createPairDistances(atoms);
  const fused = createFused(forces.filter(canBeFused));
  const { summed } = createTerms(
    forces.filter((force) => fused === null || !canBeFused(force)),
    distances,
  );
  const evaluateTogether: Fused = (frames, gradients, energies) => {
    if (fused !== null) fused(frames, gradients, energies);
    else {
      energies.fill(0, 0, frames.length);
      for (const gradient of gradients ?? []) gradient.fill(0);
    }
    for (let k = 0; k < frames.length; k++) {
      for (const term of summed) energies[k] = energies[k]! + term.evaluate(frames[k]!, gradients && gradients[k]!);
    }
  };
  const energies = new Float64Array(LANES);
  return {
    atoms,
    terms: createTerms(forces, distances).alone,
    evaluate(xyz, gradient) {
      evaluateTogether([xyz], gradient && [gradient], energies);
      return energies[0]!;
    },
    evaluateTogether,
  };
}

/** The terms of forces, each by itself, and as a sum in which distances and Born radii are computed once. */
function createTerms(
  forces: readonly ForceData[],
  distances: PairDistances,
): { alone: EnergyTerm[]; summed: EnergyTerm[] } {
  const bonded: EnergyTerm[] = [];
  const alone: PairTerm[] = []; // terms of distances, each by itself
  const shared: PairTerm[] = []; // the same, where terms on the same Born radii are one
  const addPairs = (term: PairTerm): void => {
    alone.push(term);
    shared.push(term);
  };
  for (const force of forces) {
    switch (force.type) {
      case "bond":
        bonded.push(createBondTerm(force));
        break;
      case "angle":
        bonded.push(createAngleTerm(force));
        break;
      case "torsion":
        bonded.push(createTorsionTerm(force));
        break;
      case "harmonic torsion":
        bonded.push(createHarmonicTorsionTerm(force));
        break;
      case "cmap":
        bonded.push(createCmapTerm(force));
        break;
      case "nonbonded":
        addPairs(createNonbondedTerm(force));
        break;
      case "Lennard-Jones":
        addPairs(createLennardJonesTerm(force));
        break;
      case "implicit solvent": {
        const { born, terms } = createSolvent(force);
        alone.push(...terms.map((term) => overBornRadii(term.name, born, [term])));
        shared.push(overBornRadii("implicit solvent", born, terms));
        break;
      }
    }
  }
  return {
    alone: [...bonded, ...alone.map((term) => overPairs(term.name, distances, [term]))],
    summed: shared.length === 0 ? bonded : [...bonded, overPairs("all pairs", distances, shared)],
  };
}
