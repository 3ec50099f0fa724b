/** What the readers of OpenMM's forces share: refusing, by name, whatever would otherwise be lost without a word. */
import { numberOf, type Element } from "./xml";

/** Coulomb's constant of OpenMM's built-in forces, kJ nm / mol / e^2 (its SimTKOpenMMRealType.h: 138.93545764438198). */
export const COULOMB = 138.93545764438198;

// NonbondedForce::NonbondedMethod; the generalized Born forces use the first three.
const METHODS = ["NoCutoff", "CutoffNonPeriodic", "CutoffPeriodic", "Ewald", "PME", "LJPME"];

/** @throws Error always: the element's `feature` is not supported, and without it `lost` would be lost. */
export function refuse(element: Element, feature: string, lost: string): never {
  throw new Error(
    `${element.place}: unknown to this package: ${feature}; ${lost}. Build the System without it, or compute it in OpenMM`,
  );
}

/**
 * Checks what holds for every force: no newer layout than is known, and only lists that are known.
 * @param lists read by the force's reader.
 * @param empty known lists that are supported only when empty, with what would be lost otherwise.
 */
export function expectLayout(
  force: Element,
  version: number,
  lists: readonly string[],
  empty: Readonly<Record<string, string>> = {},
): void {
  const got = numberOf(force, "version");
  if (got > version) {
    refuse(force, `version ${got} of its layout (known: up to ${version})`, "features added since would be ignored");
  }
  for (const list of force.children) {
    const lost = empty[list.tag];
    if (lost !== undefined && list.children.length > 0) refuse(force, `non-empty ${list.tag}`, lost);
    if (lost === undefined && !lists.includes(list.tag)) refuse(force, list.tag, "its contents would be ignored");
  }
}

/** Refuses periodic boundary conditions; layouts older than the attribute had none. */
export function expectNonPeriodic(force: Element): void {
  const got = force.attributes.usesPeriodic ?? "0";
  if (got !== "0") refuse(force, `usesPeriodic=${got}`, "interactions with periodic images would be lost");
}

/** Refuses every nonbonded method other than NoCutoff. */
export function expectNoCutoff(force: Element): void {
  const method = numberOf(force, "method");
  if (method !== 0) {
    const name = METHODS[method] ?? `method ${method}`;
    refuse(
      force,
      `nonbonded method ${name}`,
      "its cutoff or lattice sum would be replaced by the plain sum over pairs",
    );
  }
}
