/**
 * Torsions that are no turns about a bond: those of an atom's further neighbours against its first one. They stand where the hybridisation of the atom puts them, within some
 * ten degrees, as its angles do. The paper begins them, as all torsions, with a uniform prior on the circle or a half of it; a spline, whose bins are never empty, leaves some of
 * it where the energy is high, and with a dozen of them one sample of fifty. Confined, they are what bonds and angles are: linear, with a normal prior about the minimum, whose
 * deviation at a width of a third of a turn is 12 degrees, that of a methyl hydrogen at 1200 K. What lies outside is cut off: of the ground truth's frames none of 60,000 at 300 K, and one
 * of 15,000 at 1200 K.
 */
import { apart } from "./scaling";
import type { CoordinateSpec, TorsionRange } from "./spec";
import { isTurn, neighbours, type Topology } from "./topology";

/** (tau + pi) / 2 pi of the neighbour that the others are measured against. */
const FIRST = 0.5;

/**
 * The impropers of a molecule, each about its minimum and as wide as the nearest other neighbour on the same bond is far: half of the way to it on either side.
 * Those that have a range of their own keep it.
 */
export function findImpropers(topology: Topology, spec: CoordinateSpec): TorsionRange[] {
  const lists = neighbours(topology);
  const { torsions } = spec.minimum;
  const given = new Set(spec.ranges?.map(({ torsion }) => torsion));
  return spec.torsions.flatMap((row, torsion): TorsionRange[] => {
    if (isTurn(lists, row) || given.has(torsion)) return [];
    const [, ...measuredBy] = row;
    const beside = spec.torsions.flatMap((other, k) =>
      k !== torsion && measuredBy.every((atom, at) => other[at + 1] === atom) ? [torsions[k]!] : [],
    );
    const centre = torsions[torsion]!;
    return [{ torsion, centre, width: Math.min(...[FIRST, ...beside].map((place) => apart(centre, place))) }];
  });
}

/** The coordinates with every improper confined. */
export function confineImpropers(topology: Topology, spec: CoordinateSpec): CoordinateSpec {
  return { ...spec, impropers: findImpropers(topology, spec) };
}
