/** Loading a molecule: force field, topology and coordinates, shipped or one's own (paper, "Systems"). */
import { readFileSync } from "node:fs";
import { isBondLength } from "../coords/covalent-radii";
import { readPdb, type PdbAtom } from "../coords/pdb";
import { confinedTorsions } from "../coords/scaling";
import { planPlacement, type CoordinateSpec } from "../coords/spec";
import { atomLabel, createTopology, type Topology } from "../coords/topology";
import { buildCoordinateSpec, type CoordinateOverrides } from "../coords/zmatrix";
import { dataPath } from "../io/paths";
import { readSystem, type System } from "../physics/system";
import { relaxStructure, type Relaxation } from "./minimum";

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
  /** How far the minimum lies from the PDB's structure; null where it was taken as it is. */
  readonly relaxation: Relaxation | null;
}

/** A molecule of one's own. */
export interface SystemFiles {
  /** Path of a system.xml that OpenMM serialised. */
  readonly systemXml: string;
  /** Path of the PDB with the same atoms in the same order. */
  readonly pdb: string;
  /** What the molecule is called; by default the path of its PDB. */
  readonly name?: string;
  /** Coordinates, or what should stand in the place of what the rules find: see `coordinateTable`. */
  readonly coordinates?: CoordinateSpec | CoordinateOverrides;
  /** Whether the coordinates are centred on the minimum of energy next to the PDB's structure (default), or on that structure itself. */
  readonly relax?: boolean;
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

/** The pairs that the force field bonds or constrains, without its springs between second neighbours. */
function bondedPairs({ forces, constraints }: System, atoms: readonly PdbAtom[]): [number, number][] {
  const element = (atom: number): string => atoms[atom]?.element ?? "";
  const bonds = forces
    .flatMap((force) => (force.type === "bond" ? force.bonds : []))
    .filter(({ i, j, length }) => isBondLength(element(i), element(j), length));
  return [...bonds, ...constraints].map(({ i, j }) => [i, j]);
}

/**
 * (phi, psi) per C-alpha by the PDB's atom names, written in either direction; residues without both are left out, and those confined by a
 * range, whose x would not be the whole circle.
 */
export function ramachandranPairs(topology: Topology, coordinates: CoordinateSpec): [number, number][] {
  const { torsions } = coordinates;
  const confined = confinedTorsions(coordinates);
  const pathOf = (row: readonly number[]): string => row.map((atom) => topology.atoms[atom]!.name).join("-");
  const alpha = (row: readonly number[]): number => row.find((atom) => topology.atoms[atom]!.name === "CA")!;
  const find = (...paths: string[]): [number, number][] =>
    torsions.flatMap((row, k) =>
      paths.includes(pathOf(row)) && !confined.has(k) ? [[alpha(row), k] as [number, number]] : [],
    );
  const psi = new Map(find("N-CA-C-N", "N-C-CA-N"));
  return find("C-N-CA-C", "C-CA-N-C").flatMap(([atom, k]) => (psi.has(atom) ? [[k, psi.get(atom)!]] : []));
}

/** Refuses coordinates that belong to another molecule or hold other bonds fixed than the system does. */
function requireAgreement({
  system,
  topology,
  coordinates,
}: Pick<MolecularSystem, "system" | "topology" | "coordinates">): void {
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
  const topology = createTopology(pdb, { atoms: system.atoms, pairs: bondedPairs(system, pdb.atoms) });
  const { coordinates, relaxation } = coordinatesOf(source, { system, topology, xyz: pdb.xyz });
  requireAgreement({ system, topology, coordinates });
  const ramachandran = ramachandranPairs(topology, coordinates);
  return { name: source.name ?? source.pdb, system, topology, coordinates, ramachandran, relaxation };
}

const isWhole = (coordinates: CoordinateSpec | CoordinateOverrides): coordinates is CoordinateSpec =>
  "minimum" in coordinates;

/** The coordinates that were given, or those by rule about the minimum. */
function coordinatesOf(
  { coordinates: given = {}, relax = true }: SystemFiles,
  { system, topology, xyz }: Pick<MolecularSystem, "system" | "topology"> & { readonly xyz: Float64Array },
): Pick<MolecularSystem, "coordinates" | "relaxation"> {
  if (isWhole(given)) return { coordinates: given, relaxation: null };
  const build = (structure: Float64Array): CoordinateSpec =>
    buildCoordinateSpec(topology, system.constraints, structure, given);
  const first = build(xyz);
  if (!relax) return { coordinates: first, relaxation: null };
  const { xyz: minimum, relaxation } = relaxStructure(system, first, xyz);
  // The same Z-matrix, so that a torsion has one number before and after.
  const coordinates = buildCoordinateSpec(topology, system.constraints, minimum, { ...given, zMatrix: first.zMatrix });
  const flipped = first.chiral.find(
    (k) => first.minimum.torsions[k]! >= 0.5 !== coordinates.minimum.torsions[k]! >= 0.5,
  );
  if (flipped !== undefined) {
    throw new Error(
      `loadSystem: mismatched handedness (got atom ${atomLabel(topology, first.torsions[flipped]![1])} turned inside out at the minimum ` +
        "of energy), expected that of the PDB; minimise the structure with OpenMM first, or call with relax: false",
    );
  }
  return { coordinates, relaxation };
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
