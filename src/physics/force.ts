/** What the readers of OpenMM's forces share: refusing, by name, whatever would otherwise be lost without a word. */
import { listOf, numberOf, textOf, type Element } from "./xml";

/** Coulomb's constant of OpenMM's built-in forces, kJ nm / mol / e^2 (its SimTKOpenMMRealType.h: 138.93545764438198). */
export const COULOMB = 138.93545764438198;

// NonbondedForce::NonbondedMethod; the generalized Born forces use the first three.
const METHODS = ["NoCutoff", "CutoffNonPeriodic", "CutoffPeriodic", "Ewald", "PME", "LJPME"];

/** Something that a file asks for and this package does not compute. */
export interface Unsupported {
  /** What it is, e.g. "nonbonded method". */
  readonly what: string;
  readonly got: string;
  readonly expected: string;
  /** What would happen to energies if it were read over. */
  readonly lost: string;
  readonly remedy?: string;
}

/** @throws Error always, with all that is known about it. */
export function refuse(
  element: Element,
  { what, got, expected, lost, remedy = "build the System without it" }: Unsupported,
): never {
  throw new Error(`${element.place}: unknown ${what} (got ${got}), expected ${expected}: otherwise ${lost}; ${remedy}`);
}

/**
 * Checks an element's layout: not newer than what OpenMM 8.6 writes, and with known lists only.
 * @param lists read by the element's reader.
 * @param empty known lists that are supported only when empty, with what would be lost otherwise.
 */
export function expectLayout(
  element: Element,
  version: number,
  lists: readonly string[],
  empty: Readonly<Record<string, string>> = {},
): void {
  const got = numberOf(element, "version");
  if (got > version) {
    refuse(element, {
      what: "version of its layout",
      got: `version="${got}"`,
      expected: `at most ${version}`,
      lost: "what the newer layout adds would be ignored",
      remedy: "serialise the System with OpenMM 8.6",
    });
  }
  for (const { tag, children } of element.children) {
    const lost = empty[tag];
    if (lost !== undefined && children.length > 0) {
      refuse(element, { what: tag, got: `${children.length} of them`, expected: "none", lost });
    }
    if (lost === undefined && !lists.includes(tag)) {
      refuse(element, {
        what: "list",
        got: `<${tag}>`,
        expected: lists.map((list) => `<${list}>`).join(", "),
        lost: "what it holds would be ignored",
      });
    }
  }
}

/** Refuses periodic boundary conditions; layouts older than the attribute had none. */
export function expectNonPeriodic(force: Element): void {
  const got = force.attributes.usesPeriodic ?? "0";
  if (got === "0") return;
  refuse(force, {
    what: "boundary conditions",
    got: `usesPeriodic="${got}"`,
    expected: "0",
    lost: "distances would be measured across the box, not to the nearest periodic image",
    remedy: "call setUsesPeriodicBoundaryConditions(False)",
  });
}

/** Refuses every nonbonded method other than NoCutoff. Without a cutoff its distance, switching and corrections have no effect. */
export function expectNoCutoff(force: Element): void {
  const method = numberOf(force, "method");
  if (method === 0) return;
  refuse(force, {
    what: "nonbonded method",
    got: `method="${method}", ${METHODS[method] ?? "of no known name"}`,
    expected: "0, NoCutoff",
    lost: "its cutoff or lattice sum would be replaced by the plain sum over pairs",
    remedy: "call createSystem with nonbondedMethod=NoCutoff",
  });
}

/** A force's list of particles. @throws Error unless there is one for each atom. */
export function particlesOf(force: Element, atoms: number): readonly Element[] {
  const particles = listOf(force, "Particles");
  if (particles.length !== atoms) {
    throw new Error(
      `${force.place}: mismatched Particles (got ${particles.length}), expected one for each of the System's ${atoms} atoms; ` +
        "give every atom its parameters before serialising",
    );
  }
  return particles;
}

/** Refuses a list of named parameters other than the one expected. */
export function expectNames(force: Element, list: string, expected: readonly string[], remedy?: string): void {
  const names = listOf(force, list).map((item) => textOf(item, "name"));
  if (names.join() === expected.join()) return;
  refuse(force, {
    what: list,
    got: names.join(", ") || "none",
    expected: expected.join(", "),
    lost: "they would be ignored, or taken for others",
    ...(remedy !== undefined && { remedy }),
  });
}

/** A length that has to be positive, nm, whose element and meaning an error names. */
export function positive(element: Element, what: string, length: number): number {
  if (length > 0) return length;
  throw new Error(`${element.place}: invalid ${what} (got ${length} nm), expected a positive length`);
}
