/** The small rings of a molecule, and the torsions that they hold to a part of the circle. */
import { apart } from "./scaling";
import type { CoordinateSpec, TorsionRange, ZMatrixRow } from "./spec";
import { isTurn, neighbours, type Topology } from "./topology";

/** Larger rings turn inside out: their torsions stay free. */
const LARGEST = 7;
/** How far from 0 or pi (of a full turn) a torsion of a plane may stand at the minimum. */
const FLAT = 1 / 18;
/** +-60 degrees about the plane: at 1200 K out-of-plane bending is a sixth of that. */
const PLANE_WIDTH = 1 / 3;
/** +-120 degrees about cis: chairs, boats and envelopes have torsions up to +-75 degrees. */
const PUCKER_WIDTH = 2 / 3;
const CIS = 0.5; // (0 + pi) / 2 pi
const TRANS = 1;

/** The smallest ring through each bond, of at most seven atoms, in order round the ring; each once. */
export function findRings(topology: Topology): number[][] {
  const lists = neighbours(topology);
  const rings = new Map<string, number[]>();
  for (const [start, end] of topology.bonds) {
    const ring = shortestPath(lists, start, end);
    if (ring !== null) rings.set([...ring].sort((a, b) => a - b).join("-"), ring);
  }
  return [...rings.values()];
}

/** From `start` to `end` without the bond between them; breadth first, so the first path found is the shortest. */
function shortestPath(lists: readonly (readonly number[])[], start: number, end: number): number[] | null {
  const paths = new Map([[start, [start]]]);
  for (const [atom, path] of paths) {
    if (path.length === LARGEST) return null;
    for (const next of lists[atom]!) {
      if (atom === start && next === end) continue;
      if (next === end) return [...path, next];
      if (!paths.has(next)) paths.set(next, [...path, next]);
    }
  }
  return null;
}

/**
 * Ranges for torsions about ring bonds: of a planar ring (all its atoms with three neighbours at most, such as aromatic ones) those of its
 * atoms and of what stands on them; of any other ring those inside it. Wider than what thermal motion reaches, so that nothing is cut off, and
 * narrow enough that a flow does not begin with rings that are torn open.
 * @param minimum the torsions at the minimum, (tau + pi) / 2 pi.
 * @param confined torsions that are held to a half already.
 */
export function ringRanges(
  topology: Topology,
  torsions: readonly ZMatrixRow[],
  minimum: CoordinateSpec["minimum"]["torsions"],
  confined: ReadonlySet<number>,
): TorsionRange[] {
  const lists = neighbours(topology);
  const rings = findRings(topology);
  return torsions.flatMap((row, torsion): TorsionRange[] => {
    const [a, i, j, l] = row;
    const around = rings.filter((ring) => ring.includes(i) && ring.includes(j));
    if (around.length === 0 || confined.has(torsion)) return [];
    const plane = [CIS, TRANS].find((centre) => apart(minimum[torsion]!, centre) < FLAT);
    if (plane !== undefined && around.some((ring) => ring.every((atom) => lists[atom]!.length <= 3))) {
      return [{ torsion, centre: plane, width: PLANE_WIDTH }];
    }
    const inside = isTurn(lists, row) && around.some((ring) => ring.includes(a) && ring.includes(l));
    return inside && apart(minimum[torsion]!, CIS) < PUCKER_WIDTH / 3
      ? [{ torsion, centre: CIS, width: PUCKER_WIDTH }]
      : [];
  });
}
