/** Loading a molecule: force field, topology and coordinates, shipped or one's own (paper, "Systems"). */
import { readFileSync } from "node:fs";
import { readPdb } from "../coords/pdb";
import { planPlacement, type CoordinateSpec } from "../coords/spec";
import { atomLabel, createTopology, type Topology } from "../coords/topology";
import { buildCoordinateSpec } from "../coords/zmatrix";
import { dataPath } from "../io/paths";
import { readSystem, type System } from "../physics/system";

/** The molecules that come with the package. */
export const SHIPPED_SYSTEMS = ["aldp", "tetra", "hexa"] as const;

/** Everything about a molecule that a target needs; plain data. */
export interface MolecularSystem {
  readonly name: string;
  readonly system: System;
  readonly topology: Topology;
  readonly coordinates: CoordinateSpec;
  /** Backbone (phi, psi) of each residue, as positions in the torsions of the coordinates. */
  readonly ramachandran: readonly (readonly [number, number])[];
}

/** A molecule of one's own. */
export interface SystemFiles {
  /** Path of a system.xml that OpenMM serialised. */
  readonly systemXml: string;
  /** Path of the PDB with the same atoms in the same order. */
  readonly pdb: string;
  /** A Z-matrix; if left out it is built by rule about the structure in the PDB, which should then be near its minimum of energy. */
  readonly coordinates?: CoordinateSpec;
}

/** The content of `data/<system>/coordinates.json`. */
type ShippedCoordinates = CoordinateSpec & Pick<MolecularSystem, "ramachandran">;

/** What `parse` makes of a file's text; errors name the file. */
function read<T>(file: string, parse: (text: string) => T): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Error(`loadSystem: missing file ${file} (got ${code}), expected a readable file; check the path`, {
      cause,
    });
  }
  try {
    return parse(text);
  } catch (cause) {
    throw new Error(`loadSystem ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** The pairs that the force field bonds or holds at a distance. */
function bondedPairs({ forces, constraints }: System): [number, number][] {
  const bonds = forces.flatMap((force) => (force.type === "bond" ? force.bonds : []));
  return [...bonds, ...constraints].map(({ i, j }) => [i, j]);
}

/** (phi, psi) per C-alpha by the PDB's atom names, written in either direction; residues without both are left out. */
export function ramachandranPairs(topology: Topology, { torsions }: CoordinateSpec): [number, number][] {
  const pathOf = (row: readonly number[]): string => row.map((atom) => topology.atoms[atom]!.name).join("-");
  const alpha = (row: readonly number[]): number => row.find((atom) => topology.atoms[atom]!.name === "CA")!;
  const find = (...paths: string[]): [number, number][] =>
    torsions.flatMap((row, k) => (paths.includes(pathOf(row)) ? [[alpha(row), k] as [number, number]] : []));
  const psi = new Map(find("N-CA-C-N", "N-C-CA-N"));
  return find("C-N-CA-C", "C-CA-N-C").flatMap(([atom, k]) => (psi.has(atom) ? [[k, psi.get(atom)!]] : []));
}

/** Refuses coordinates that belong to another molecule or hold other bonds fixed than the system does. */
function requireAgreement({ system, topology, coordinates }: Omit<MolecularSystem, "ramachandran">): void {
  const { atoms } = planPlacement(coordinates);
  if (atoms !== system.atoms) {
    throw new Error(`loadSystem: mismatched coordinates (got ${atoms} atoms), expected the system's ${system.atoms}`);
  }
  const key = (i: number, j: number): string => (i < j ? `${i}-${j}` : `${j}-${i}`);
  const lengths = new Map(
    coordinates.constrained.map(({ bond, length }) => [key(...coordinates.bonds[bond]!), length]),
  );
  const wrong = system.constraints.find(
    ({ i, j, length }) => !(Math.abs((lengths.get(key(i, j)) ?? 0) - length) < 1e-9),
  );
  if (wrong || lengths.size !== system.constraints.length) {
    const what = wrong
      ? `${atomLabel(topology, wrong.i)} - ${atomLabel(topology, wrong.j)}, ${wrong.length} nm`
      : "none";
    throw new Error(
      `loadSystem: mismatched constraints (got ${lengths.size} constrained bonds in the coordinates), expected the system's ` +
        `${system.constraints.length}; first that differs: ${what}`,
    );
  }
}

/**
 * Loads a shipped molecule by name, or one's own from its files.
 * @example loadSystem("aldp"); loadSystem({ systemXml: "system.xml", pdb: "topology.pdb" })
 * @throws Error for an unknown name, a file that is missing or malformed, or files that do not belong together.
 */
export function loadSystem(source: string | SystemFiles): MolecularSystem {
  if (typeof source === "string") return loadShipped(source);
  const system = read(source.systemXml, readSystem);
  const pdb = read(source.pdb, readPdb);
  const topology = createTopology(pdb, { atoms: system.atoms, pairs: bondedPairs(system) });
  const coordinates = source.coordinates ?? buildCoordinateSpec(topology, system.constraints, pdb.xyz);
  const molecule = { name: source.pdb, system, topology, coordinates };
  requireAgreement(molecule);
  return { ...molecule, ramachandran: ramachandranPairs(topology, coordinates) };
}

function loadShipped(name: string): MolecularSystem {
  if (!SHIPPED_SYSTEMS.some((known) => known === name)) {
    throw new Error(
      `loadSystem: unknown system (got "${name}"), expected one of ${SHIPPED_SYSTEMS.join(", ")}; ` +
        "for a molecule of your own give { systemXml, pdb }",
    );
  }
  const shipped = read(dataPath(name, "coordinates.json"), (text) => JSON.parse(text) as ShippedCoordinates);
  const { ramachandran, ...coordinates } = shipped;
  const files = { systemXml: dataPath(name, "system.xml"), pdb: dataPath(name, "topology.pdb"), coordinates };
  return { ...loadSystem(files), name, ramachandran };
}
