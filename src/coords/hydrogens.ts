/** Groups of interchangeable hydrogens (CH3, CH2, NH2), and the exchange that takes a structure into the halves of its coordinates. */
import type { CoordinateSpec } from "./spec";
import type { Topology } from "./topology";

/** Hydrogens of one centre; exchanging them changes no energy. */
export interface HydrogenGroup {
  /** Those whose torsions are confined, then the one they are measured against if it is a hydrogen too. */
  readonly atoms: readonly number[];
  /** The confined torsions, as positions in `spec.torsions`; of a folded rotor its own too. */
  readonly torsions: readonly number[];
}

/** The groups that the spec confines to halves. */
export function hydrogenGroups(topology: Topology, spec: CoordinateSpec): HydrogenGroup[] {
  const isHydrogen = (atom: number): boolean => topology.atoms[atom]!.element === "H";
  const byCentre = new Map<number, number[]>();
  for (const k of [...spec.upperHalf, ...spec.lowerHalf]) {
    const centre = spec.torsions[k]![1];
    byCentre.set(centre, [...(byCentre.get(centre) ?? []), k]);
  }
  return [...byCentre.values()].map((torsions) => {
    const atoms = torsions.flatMap((k) => {
      const [atom, , , against] = spec.torsions[k]!;
      return isHydrogen(against) ? [atom, against] : [atom];
    });
    const confined = new Set(torsions.map((k) => spec.torsions[k]![0]));
    const unique = [...new Set(atoms)].sort((a, b) => Number(confined.has(b)) - Number(confined.has(a)));
    const own = (spec.rotors ?? []).filter(({ second }) => torsions.includes(second)).map(({ torsion }) => torsion);
    return { atoms: unique, torsions: [...torsions, ...own] };
  });
}

/**
 * Exchanges the hydrogens of a group in xyz (nm) until `fits` says that their torsions lie in their halves: the order at hand if it does, else
 * the first two exchanged, else any other. Turning a CH3 by a third fits as it stands and is kept, as the flow samples all three orders, unless it is folded.
 * @returns whether xyz was changed; null if no order fits, and xyz is as it was.
 */
export function exchangeHydrogens(xyz: Float64Array, { atoms }: HydrogenGroup, fits: () => boolean): boolean | null {
  if (fits()) return false;
  const original = atoms.map((atom) => xyz.slice(3 * atom, 3 * atom + 3));
  const place = (order: readonly number[]): void =>
    atoms.forEach((atom, position) => xyz.set(original[order[position]!]!, 3 * atom));
  for (const order of EXCHANGES[atoms.length] ?? []) {
    place(order);
    if (fits()) return true;
  }
  place(atoms.map((_, position) => position));
  return null;
}

/** All orders but the one at hand, exchanges of two first, by the number of hydrogens. */
const EXCHANGES: Readonly<Record<number, readonly (readonly number[])[]>> = {
  2: [[1, 0]],
  3: [
    [1, 0, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 2, 0],
    [2, 0, 1],
  ],
};
