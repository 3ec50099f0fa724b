/** The potential energy of a system and its gradient (f64): every force's terms, one by one and in total. */
import { createAngleTerm } from "./angle";
import { createBondTerm } from "./bond";
import { createFused, LANES, type Fused } from "./fused";
import { createSolvent } from "./implicit-solvent";
import { createNonbondedTerm } from "./nonbonded";
import { createPairDistances } from "./pair-distances";
import type { System } from "./system";
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
  const bonded: EnergyTerm[] = [];
  const alone: PairTerm[] = []; // terms of distances, each by itself
  const shared: PairTerm[] = []; // the same, where terms on the same Born radii are one
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
      case "nonbonded": {
        const term = createNonbondedTerm(force);
        alone.push(term);
        shared.push(term);
        break;
      }
      case "implicit solvent": {
        const { born, terms } = createSolvent(force);
        alone.push(...terms.map((term) => overBornRadii(term.name, born, [term])));
        shared.push(overBornRadii("implicit solvent", born, terms));
        break;
      }
    }
  }
  const summed = [...bonded, overPairs("all pairs", distances, shared)];
  const sum: Fused = (frames, gradients, energies) => {
    for (let k = 0; k < frames.length; k++) {
      const gradient = gradients === null ? null : gradients[k]!.fill(0);
      energies[k] = summed.reduce((energy, term) => energy + term.evaluate(frames[k]!, gradient), 0);
    }
  };
  const evaluateTogether = createFused(forces) ?? sum;
  const energies = new Float64Array(LANES);
  return {
    atoms,
    terms: [...bonded, ...alone.map((term) => overPairs(term.name, distances, [term]))],
    evaluate(xyz, gradient) {
      evaluateTogether([xyz], gradient && [gradient], energies);
      return energies[0]!;
    },
    evaluateTogether,
  };
}
