/** Where the atoms of one list stand in another, by residue and name. */
import type { PdbAtom } from "./pdb";
import type { Topology } from "./topology";

/**
 * For each atom of a topology its position among `atoms`, such as those of the PDB that a simulation was written with. Residues are matched by
 * their order, for programs number them differently.
 * @throws Error unless both list the same atoms.
 */
export function atomOrder(topology: Topology, atoms: readonly PdbAtom[]): number[] {
  const wanted = labels(topology.atoms);
  const found = new Map(labels(atoms).map((label, position) => [label, position]));
  const missing = wanted.filter((label) => !found.has(label));
  if (missing.length > 0 || atoms.length !== wanted.length || found.size !== wanted.length) {
    throw new Error(
      `atomOrder: mismatched atoms (got ${atoms.length}, without ${missing.slice(0, 5).join(", ") || "repeated names"}), expected the ` +
        `${wanted.length} of the system by the same names; give the order as a list of indices instead`,
    );
  }
  return wanted.map((label) => found.get(label)!);
}

/** E.g. "2:ALA:CA" for an atom of the second residue. */
function labels(atoms: readonly PdbAtom[]): string[] {
  let last = "";
  let number = 0;
  const numberOf = new Map<string, number>();
  return atoms.map(({ residue, name }) => {
    if (residue !== last && !numberOf.has(residue)) numberOf.set(residue, ++number);
    last = residue;
    return `${numberOf.get(residue)}:${residue.replace(/-?\d+$/, "")}:${name}`;
  });
}
