/** Chiral centres and interchangeable hydrogens of a molecule: which Z-matrix torsions are confined to a half (paper, "Coordinates"). */
import { ZMatrixRow } from "./spec";
import { neighbours, Topology } from "./topology";

/** How far (of a full turn) two hydrogens must stand from the plane between their halves at the minimum to be told apart by it. */
const MARGIN = 1 / 24;

/**
 * Classes of atoms that no sequence of bonds tells apart: elements, refined by the classes of the neighbours until
 * nothing splits any more (Morgan 1965). Two atoms of different class are certainly not equivalent.
 */
export function equivalenceClasses(topology: Topology): number[] {
  const lists = neighbours(topology);
  const number = (keys: readonly string[]): number[] => {
    const ids = new Map([...new Set(keys)].sort().map((key, id) => [key, id]));
    return keys.map((key) => ids.get(key)!);
  };
  let classes = number(topology.atoms.map((atom) => atom.element));
  for (;;) {
    const keys = classes.map((own, atom) => {
      const around = lists[atom]!.map((other) => classes[other]!).sort((a, b) => a - b);
      return `${own}:${around.join(",")}`;
    });
    const refined = number(keys);
    if (new Set(refined).size === new Set(classes).size) return classes;
    classes = refined;
  }
}

/** Rows whose torsion is measured against another neighbour of the same centre; its sign is the handedness of the centre. */
function improperRows(
  torsions: readonly ZMatrixRow[],
  lists: readonly (readonly number[])[],
  centre: number,
): number[] {
  return torsions.flatMap(([, i, , l], k) => (i === centre && lists[centre]!.includes(l) ? [k] : []));
}

/**
 * One torsion per centre of four neighbours with one hydrogen at most: that of the hydrogen, else the last. No such centre turns inside out
 * before its bonds break, so that its handedness stays as it is at the minimum; also where two neighbours are equivalent (valine's methyls)
 * and their exchange would change no energy.
 */
export function chiralTorsions(topology: Topology, torsions: readonly ZMatrixRow[]): number[] {
  const lists = neighbours(topology);
  const isHydrogen = (atom: number): boolean => topology.atoms[atom]!.element === "H";
  return lists.flatMap((around, centre) => {
    if (around.length !== 4 || around.filter(isHydrogen).length > 1) return [];
    const rows = improperRows(torsions, lists, centre);
    const hydrogen = rows.find((k) => isHydrogen(torsions[k]![0]));
    return rows.length === 0 ? [] : [hydrogen ?? rows.at(-1)!];
  });
}

/**
 * The torsions that keep the hydrogens of a CH3, CH2 or NH2 group from changing places, by the half they have at the minimum.
 * In a CH3 the second and third are measured against the first, which turns freely; so is the second of an end-standing NH2, where
 * either half holds each arrangement exactly once. Both of a CH2 are measured against a third neighbour.
 * @param minimum the torsions at the minimum, (tau + pi) / 2 pi.
 */
export function hydrogenHalves(
  topology: Topology,
  torsions: readonly ZMatrixRow[],
  minimum: readonly number[],
): { upperHalf: number[]; lowerHalf: number[] } {
  const lists = neighbours(topology);
  const isHydrogen = (atom: number): boolean => topology.atoms[atom]!.element === "H";
  const rows = lists.flatMap((around, centre) => {
    const hydrogens = around.filter(isHydrogen).length;
    if (isHydrogen(centre) || hydrogens < 2 || hydrogens > 3) return [];
    const group = improperRows(torsions, lists, centre).filter((k) => isHydrogen(torsions[k]![0]));
    if (group.length < 2) return group;
    // Two that stand in one half, or on its edge, are not told apart by halves: confining them would cut the support.
    const signed = group.map((k) => minimum[k]! - 0.5);
    const apart = Math.min(...signed) < -MARGIN && Math.max(...signed) > MARGIN;
    const offEdge = signed.every((tau) => Math.abs(tau) < 0.5 - MARGIN);
    return group.length === 2 && apart && offEdge ? group : [];
  });
  const sorted = rows.sort((a, b) => a - b);
  return {
    upperHalf: sorted.filter((k) => minimum[k]! >= 0.5),
    lowerHalf: sorted.filter((k) => minimum[k]! < 0.5),
  };
}
