/** The table of what the rules found in a molecule: chiral centres, hydrogen groups, rings, peptide bonds. */
import { coordinateFeatures } from "../coords/features";
import { atomPath } from "../coords/topology";
import type { MolecularSystem } from "../target/molecule";
import { table, type Table } from "./tables";

/**
 * One row per torsion that the rules confine or name. `torsion` is its number for overriding, `from` and `to` the degrees that x in [0, 1] spans.
 * @example show(coordinateTable(molecule)); loadSystem({ systemXml, pdb, coordinates: { ranges: [{ torsion: 4, centre: 0, width: 0.5 }] } })
 */
export function coordinateTable({ topology, coordinates }: MolecularSystem): Table {
  const degrees = (angle: number): string => `${Math.round(angle)}°`;
  const rows = coordinateFeatures(topology, coordinates).map(({ torsion, kind, atMinimum, from, to }) => ({
    torsion,
    atoms: atomPath(topology, coordinates.torsions[torsion]!),
    "part of": kind,
    "at the minimum": degrees(atMinimum),
    from: degrees(from),
    to: degrees(to),
  }));
  const columns = ["torsion", "atoms", "part of", "at the minimum", "from", "to"] as const;
  return table(Object.fromEntries(columns.map((column) => [column, rows.map((row) => row[column])])));
}
