/** Which atoms a molecule has and which of them are bonded: the PDB's names, the force field's bonds and constraints. */
import { PdbAtom, PdbStructure } from "./pdb";

/** Plain data; atoms in the order of the system. */
export interface Topology {
  readonly atoms: readonly PdbAtom[];
  /** Each bond once, ascending. */
  readonly bonds: readonly (readonly [number, number])[];
}

/** The bonded neighbours of every atom, ascending. */
export function neighbours(topology: Topology): number[][] {
  const lists: number[][] = topology.atoms.map(() => []);
  for (const [i, j] of topology.bonds) {
    lists[i]!.push(j);
    lists[j]!.push(i);
  }
  return lists.map((list) => list.sort((a, b) => a - b));
}

/** Whether a torsion a-i-j-l goes on beyond the bond i-j, so that turning about it changes the torsion; if not, l is another neighbour of i. */
export function isTurn(lists: readonly (readonly number[])[], [, , j, l]: readonly number[]): boolean {
  return lists[j!]!.includes(l!);
}

/** How an error message names an atom, e.g. "8 (ALA2:CA)". */
export function atomLabel(topology: Topology, atom: number): string {
  const { residue, name } = topology.atoms[atom]!;
  return `${atom} (${residue}:${name})`;
}

/** How a table names atoms in a row, e.g. "ALA2:HA-CA-N-C"; the residue is named where it changes. */
export function atomPath(topology: Topology, atoms: readonly number[]): string {
  let last = "";
  const labels = atoms.map((atom) => {
    const { residue, name } = topology.atoms[atom]!;
    const label = residue === last ? name : `${residue}:${name}`;
    last = residue;
    return label;
  });
  return labels.join("-");
}

/**
 * The topology of a PDB structure whose system bonds or constrains these pairs of atoms.
 * @throws Error if the atom counts differ, a CONECT bond is unknown to the system (another atom order), the molecule is not
 * connected, or a hydrogen has more than one bond (a constrained angle, which internal coordinates cannot hold fixed).
 */
export function createTopology(
  pdb: PdbStructure,
  system: { readonly atoms: number; readonly pairs: readonly (readonly [number, number])[] },
): Topology {
  if (pdb.atoms.length !== system.atoms) {
    throw new Error(
      `createTopology: mismatched atom count (got ${pdb.atoms.length} in the PDB), expected the system's ${system.atoms}; ` +
        "give the PDB that the system was made from",
    );
  }
  const unique = new Map(
    system.pairs.map(([i, j]) => (i < j ? ([i, j] as const) : ([j, i] as const))).map((b) => [b.join("-"), b]),
  );
  const bonds = [...unique.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const topology: Topology = { atoms: pdb.atoms, bonds };
  const foreign = pdb.conect.find((bond) => !unique.has(bond.join("-")));
  if (foreign) {
    throw new Error(
      `createTopology: mismatched bond (got CONECT between atoms ${foreign.map((a) => atomLabel(topology, a)).join(" and ")}), ` +
        "expected only bonds of the system; check that PDB and system list the atoms in the same order",
    );
  }
  const lists = neighbours(topology);
  const crowded = lists.findIndex((list, atom) => pdb.atoms[atom]!.element === "H" && list.length > 1);
  if (crowded >= 0) {
    throw new Error(
      `createTopology: invalid hydrogen ${atomLabel(topology, crowded)} (got ${lists[crowded]!.length} bonds or constraints), ` +
        "expected 1; make the system with constraints on bonds only (HBonds)",
    );
  }
  requireConnected(topology, lists);
  return topology;
}

function requireConnected(topology: Topology, lists: readonly (readonly number[])[]): void {
  const reached = new Set([0]);
  for (const atom of reached) for (const other of lists[atom]!) reached.add(other);
  const lonely = topology.atoms.findIndex((_, atom) => !reached.has(atom));
  if (lonely < 0) return;
  throw new Error(
    `createTopology: invalid molecule (got atom ${atomLabel(topology, lonely)} not connected to atom ${atomLabel(topology, 0)}), ` +
      "expected one connected molecule; leave out solvent and ions",
  );
}
