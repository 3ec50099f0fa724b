/** The potential energy of a system and its gradient (f64): every force's terms, one by one and in total. */
import { createAngleTerm } from "./angle";
import { createBondTerm } from "./bond";
import { createFusedPairs, LANES } from "./fused-pairs";
import { createSolvent, type ImplicitSolventData } from "./implicit-solvent";
import { createNonbondedTerm, type NonbondedData } from "./nonbonded";
import { createPairDistances } from "./pair-distances";
import type { System } from "./system";
import { overBornRadii, overPairs, type EnergyTerm } from "./term";
import { createTorsionTerm } from "./torsion";

/** U of coordinates `xyz`, flat [3 * atoms], nm. Holds scratch memory: one instance per thread. */
export interface Energy {
  readonly atoms: number;
  /** The parts of U, each to be evaluated alone; their sum is the total. */
  readonly terms: readonly EnergyTerm[];
  /** kJ/mol. Fills `gradient` with dU/dxyz (kJ/mol/nm) when given. Never throws: clashes give what arithmetic gives. */
  evaluate(xyz: Float64Array, gradient: Float64Array | null): number;
  /** The same, to the bit, for up to `LANES` conformations together: with an implicit solvent at about the price of one. */
  evaluateTogether(
    frames: readonly Float64Array[],
    gradients: readonly Float64Array[] | null,
    energies: Float64Array,
  ): void;
}

/** The energy of a system. */
export function createEnergy({ atoms, forces }: System): Energy {
  const bonded: EnergyTerm[] = [];
  const nonbonded: NonbondedData[] = [];
  const solvents: ImplicitSolventData[] = [];
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
      case "nonbonded":
        nonbonded.push(force);
        break;
      case "implicit solvent":
        solvents.push(force);
        break;
    }
  }
  const distances = createPairDistances(atoms);
  const overDistances = nonbonded.map(createNonbondedTerm);
  const overRadii = solvents.map(createSolvent);
  const alone = [
    ...overDistances,
    ...overRadii.flatMap(({ born, terms }) => terms.map((term) => overBornRadii(term.name, born, [term]))),
  ];
  // Molecules in an implicit solvent have their pairs fused; those of other systems are summed term by term.
  const fused = nonbonded.length === 1 && solvents.length === 1 ? createFusedPairs(nonbonded[0]!, solvents[0]!) : null;
  const together = [
    ...overDistances,
    ...overRadii.map(({ born, terms }) => overBornRadii("implicit solvent", born, terms)),
  ];
  const summed = fused === null ? [...bonded, overPairs("all pairs", distances, together)] : bonded;
  const evaluateTogether: Energy["evaluateTogether"] = (frames, gradients, energies) => {
    for (let k = 0; k < frames.length; k++) {
      const gradient = gradients === null ? null : gradients[k]!.fill(0);
      let energy = 0;
      for (const term of summed) energy += term.evaluate(frames[k]!, gradient);
      energies[k] = energy;
    }
    fused?.(frames, gradients, energies);
  };
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
