/** By what two samplers of a molecule are compared: shares of conformations, and mean energies term by term. */
import { createCoordinates } from "../coords/coordinates";
import { CONFORMATIONS, conformationOf } from "../evaluate/conformations";
import { type Estimate, meanEstimate } from "../evaluate/logz";
import { pairColumns } from "../evaluate/ramachandran";
import { createEnergy } from "../physics/energy";
import type { MolecularSystem } from "../target/molecule";

export interface Observables {
  readonly names: readonly string[];
  /** One number per name: 1 or 0 for conformations, kJ/mol for energies, of coordinates [3 * atoms], nm. */
  observe(xyz: Float64Array): number[];
  /** The same of a point x [dof] of the flow's space. */
  observeScaled(x: ArrayLike<number>): number[];
}

export function createObservables({ system, coordinates: spec, ramachandran }: MolecularSystem): Observables {
  const coordinates = createCoordinates(spec);
  const { terms } = createEnergy(system);
  const columns = ramachandran.map((pair) => pairColumns(coordinates.channels, pair));
  const scaled = new Float64Array(coordinates.dof);
  const placed = new Float64Array(3 * system.atoms);
  const observe = (xyz: Float64Array, x: Float64Array): number[] => [
    ...columns.flatMap(([phi, psi]) => {
      const conformation = conformationOf(x[phi!]!, x[psi!]!);
      return CONFORMATIONS.map((name) => (name === conformation ? 1 : 0));
    }),
    ...terms.map((term) => term.evaluate(xyz, null)),
  ];
  return {
    names: [
      ...columns.flatMap((_, residue) =>
        CONFORMATIONS.map((name) => (columns.length === 1 ? name : `${name} of residue ${residue + 1}`)),
      ),
      ...terms.map(({ name }) => `${name} energy`),
    ],
    observe(xyz) {
      coordinates.toScaled(xyz, scaled);
      return observe(xyz, scaled);
    },
    observeScaled(x) {
      scaled.set(x);
      coordinates.place(scaled, 0, placed);
      return observe(placed, scaled);
    },
  };
}

/** Means over frames x [runs * n, dof], run after run; errors are those of independent runs. */
export function observeFrames(
  { names, observeScaled }: Observables,
  { n, dof, x }: { readonly n: number; readonly dof: number; readonly x: Float32Array },
  runs: number,
): Estimate[] {
  const sums = names.map(() => new Float64Array(runs));
  const perRun = n / runs;
  for (let i = 0; i < n; i++) {
    observeScaled(x.subarray(i * dof, (i + 1) * dof)).forEach((value, k) => {
      sums[k]![Math.floor(i / perRun)]! += value / perRun;
    });
  }
  return sums.map(meanEstimate);
}
