/** The molecular system of an OpenMM-serialised system.xml as plain data; what it holds and this package lacks is an error. */
import { readAngles, type AngleData } from "./angle";
import { readBonds, type BondData } from "./bond";
import { readCmap, type CmapData } from "./cmap";
import { readCustomGb } from "./custom-gb";
import { expectLayout, refuse } from "./force";
import { readHarmonicTorsions, type HarmonicTorsionData } from "./harmonic-torsion";
import { readGbsaObc, type ImplicitSolventData } from "./implicit-solvent";
import { readLennardJones, readLennardJonesBonds, type LennardJonesData } from "./lennard-jones";
import { readNonbonded, type NonbondedData } from "./nonbonded";
import { readRbTorsions } from "./rb-torsion";
import { readTorsions, type TorsionData } from "./torsion";
import { atomsOf, listOf, numberOf, parseXml, textOf, type Element } from "./xml";

/** The parameters of one force. */
export type ForceData =
  | BondData
  | AngleData
  | TorsionData
  | HarmonicTorsionData
  | CmapData
  | NonbondedData
  | LennardJonesData
  | ImplicitSolventData;

/** Atoms and what acts between them. Plain data, ready to be sent to workers. */
export interface System {
  readonly atoms: number;
  /** g/mol */
  readonly masses: number[];
  readonly forces: readonly ForceData[];
  /** Distances held fixed, nm. */
  readonly constraints: readonly { readonly i: number; readonly j: number; readonly length: number }[];
}

type Reader = (force: Element, atoms: number) => ForceData;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["HarmonicBondForce", readBonds],
  ["HarmonicAngleForce", readAngles],
  ["PeriodicTorsionForce", readTorsions],
  ["RBTorsionForce", readRbTorsions],
  ["CustomTorsionForce", readHarmonicTorsions],
  ["CMAPTorsionForce", readCmap],
  ["NonbondedForce", readNonbonded],
  ["CustomNonbondedForce", readLennardJones],
  ["CustomBondForce", readLennardJonesBonds],
  ["GBSAOBCForce", readGbsaObc],
  ["CustomGBForce", readCustomGb],
]);

// These act on velocities in molecular dynamics; the potential energy has no part of them.
const WITHOUT_ENERGY: ReadonlySet<string> = new Set(["CMMotionRemover", "AndersenThermostat"]);

/**
 * Reads the text of a file that OpenMM's `XmlSerializer.serialize(system)` wrote.
 * @example const energy = createEnergy(readSystem(readFileSync("system.xml", "utf8")));
 * @throws Error naming the element if the text is malformed, or holds anything whose energy would be lost or wrong.
 */
export function readSystem(xml: string): System {
  const root = parseXml(xml);
  if (root.tag !== "System") {
    throw new Error(
      `readSystem: unknown document (got <${root.tag}>), expected <System>; write it with XmlSerializer.serialize(system)`,
    );
  }
  expectLayout(root, 1, ["PeriodicBoxVectors", "Particles", "Constraints", "Forces"]);
  const masses = listOf(root, "Particles").map((particle) => {
    const site = particle.children[0];
    if (site !== undefined) {
      refuse(particle, {
        what: "virtual site",
        got: `<${site.tag}>`,
        expected: "an atom",
        lost: "it would not follow the atoms that define its position",
        remedy: "build the System from a model without virtual sites",
      });
    }
    return numberOf(particle, "mass");
  });
  const atoms = masses.length;
  if (atoms === 0) throw new Error("readSystem: missing Particles (got none), expected at least one atom");
  const constraints = listOf(root, "Constraints").map((constraint) => {
    const [i, j] = atomsOf(constraint, ["p1", "p2"], atoms) as [number, number];
    return { i, j, length: numberOf(constraint, "d") };
  });
  return { atoms, masses, forces: listOf(root, "Forces").flatMap((force) => readForce(force, atoms)), constraints };
}

function readForce(force: Element, atoms: number): ForceData[] {
  const type = textOf(force, "type");
  if (WITHOUT_ENERGY.has(type)) return [];
  const read = readers.get(type);
  if (read === undefined) {
    refuse(force, {
      what: "type of force",
      got: type,
      expected: `one of ${[...readers.keys()].join(", ")}`,
      lost: "its energy would be missing from the total",
    });
  }
  return [read(force, atoms)];
}
