/** A Z-matrix for any connected molecule: main chain first, then branches, every reference an atom already placed. */
import { internalCoordinates } from "./internal";
import { CoordinateSpec, planPlacement, ZMatrixRow } from "./spec";
import { findRings, ringRanges } from "./rings";
import { chiralTorsions, hydrogenHalves } from "./symmetry";
import { atomLabel, neighbours, Topology } from "./topology";

/** Three reference atoms closer to a line than this sine leave the torsion about them undefined. */
const STRAIGHT = 0.1;

type Lists = readonly (readonly number[])[];

/** The path from `start` to the farthest atom among those allowed; ties go to the lowest index. */
function farthestPath(lists: Lists, start: number, allowed: (atom: number) => boolean): number[] {
  const paths = new Map([[start, [start]]]);
  let longest = [start];
  for (const [atom, path] of paths) {
    if (path.length > longest.length) longest = path;
    for (const next of lists[atom]!) if (allowed(next) && !paths.has(next)) paths.set(next, [...path, next]);
  }
  return longest;
}

/** What the atoms of a peptide's backbone are called, caps included. */
const BACKBONE: ReadonlySet<string> = new Set(["N", "CA", "C", "CH3"]);

/**
 * The backbone of a peptide, so that phi, psi and omega are torsions; of other molecules the longest of the shortest paths between heavy
 * atoms, or between any atoms where the heavy ones make no three in a row.
 */
function mainChain(topology: Topology, lists: Lists): number[] {
  const isHeavy = (atom: number): boolean => topology.atoms[atom]!.element !== "H";
  const longest = (allowed: (atom: number) => boolean): number[] =>
    topology.atoms
      .flatMap((_, atom) => (allowed(atom) ? [farthestPath(lists, atom, allowed)] : []))
      .reduce((best, path) => (path.length > best.length ? path : best), []);
  const nameOf = (atom: number): string => topology.atoms[atom]!.name;
  const backbone = longest((atom) => isHeavy(atom) && BACKBONE.has(nameOf(atom)));
  if (["N-CA-C", "C-CA-N"].some((residue) => backbone.map(nameOf).join("-").includes(residue))) return backbone;
  const heavy = longest(isHeavy);
  return heavy.length >= 3 ? heavy : longest(() => true);
}

/** The sine of the angle a-b-c. */
function sine(xyz: Float64Array, a: number, b: number, c: number): number {
  const from = (p: number): number[] => [0, 1, 2].map((k) => xyz[3 * p + k]! - xyz[3 * b + k]!);
  const [u, w] = [from(a), from(c)];
  const dot = (p: number[], q: number[]): number => p.reduce((sum, value, k) => sum + value * q[k]!, 0);
  return Math.sqrt(Math.max(0, 1 - dot(u, w) ** 2 / (dot(u, u) * dot(w, w))));
}

/**
 * The rows of a Z-matrix. The first child of an atom is turned against the chain behind it (a proper torsion: phi, psi, chi),
 * its further children against the first (impropers), so that one torsion turns a whole branch.
 */
export function zMatrixRows(topology: Topology, xyz: Float64Array): ZMatrixRow[] {
  const lists = neighbours(topology);
  const rings = findRings(topology);
  const areInRing = (...atoms: number[]): boolean => rings.some((ring) => atoms.every((atom) => ring.includes(atom)));
  const chain = mainChain(topology, lists);
  const [a0, a1, a2] = chain;
  if (a0 === undefined || a1 === undefined || a2 === undefined) {
    throw new Error(`zMatrixRows: invalid molecule (got ${topology.atoms.length} atoms), expected at least 3`);
  }
  const rows: ZMatrixRow[] = [[a0, -1, -1, -1], [a1, a0, -1, -1], [a2, a1, a0, -1]]; // prettier-ignore
  const parent = new Map([[a0, a1], [a1, a0], [a2, a1]]); // prettier-ignore
  const firstChild = new Map([[a1, a2]]);
  const inChain = new Set(chain);
  const rank = (atom: number): number => (inChain.has(atom) ? 0 : topology.atoms[atom]!.element === "H" ? 2 : 1);
  const placed = (centre: number, except: number): number[] =>
    lists[centre]!.filter((other) => parent.has(other) && other !== except);
  // `parent` grows while it is walked: breadth first from the frame.
  for (const [atom, behind] of parent) {
    // Where a ring closes, its other side stands in for the first child.
    const [acrossRing] = placed(atom, behind);
    if (acrossRing !== undefined && !firstChild.has(atom)) firstChild.set(atom, acrossRing);
    const children = lists[atom]!.filter((other) => !parent.has(other));
    for (const child of children.sort((a, b) => rank(a) - rank(b) || a - b)) {
      // Along a ring the torsions are those of the ring.
      const ringMate = placed(behind, atom).find((other) => areInRing(child, atom, behind, other));
      const candidates = [
        firstChild.get(atom),
        ...placed(atom, behind),
        ringMate,
        parent.get(behind),
        ...placed(behind, atom),
      ];
      const torsionWith = candidates.find(
        (other) =>
          other !== undefined && other !== atom && other !== behind && sine(xyz, atom, behind, other) > STRAIGHT,
      );
      if (torsionWith === undefined) {
        throw new Error(
          `zMatrixRows: invalid geometry (got no neighbour off the line ${atomLabel(topology, behind)} - ${atomLabel(topology, atom)}), ` +
            "expected a bent reference for every torsion; straight chains need a Z-matrix of your own (option coordinates)",
        );
      }
      rows.push([child, atom, behind, torsionWith]);
      parent.set(child, atom);
      if (!firstChild.has(atom)) firstChild.set(atom, child);
    }
  }
  return rows;
}

/** What may be given in the place of what the rules find. */
export type CoordinateOverrides = Partial<
  Pick<CoordinateSpec, "zMatrix" | "chiral" | "upperHalf" | "lowerHalf" | "ranges">
>;

/**
 * The coordinates of a molecule from its topology, constrained distances (nm) and minimum structure (nm, [3 * atoms]):
 * the minimum centres the scaling and decides the halves of chiral centres and hydrogens.
 */
export function buildCoordinateSpec(
  topology: Topology,
  constraints: readonly { readonly i: number; readonly j: number; readonly length: number }[],
  xyz: Float64Array,
  overrides: CoordinateOverrides = {},
): CoordinateSpec {
  const zMatrix = overrides.zMatrix ?? zMatrixRows(topology, xyz);
  if (zMatrix.length !== topology.atoms.length) {
    throw new Error(
      `buildCoordinateSpec: mismatched Z-matrix (got ${zMatrix.length} rows), expected one for each of ${topology.atoms.length} atoms`,
    );
  }
  const bonds = zMatrix.slice(1).map(([a, i]) => [a, i] as const);
  const angles = zMatrix.slice(2).map(([a, i, j]) => [a, i, j] as const);
  const torsions = zMatrix.slice(3);
  const minimum = internalCoordinates(planPlacement({ zMatrix, bonds, angles, torsions }), xyz);
  const constrained = constraints.map(({ i, j, length }) => {
    const bond = bonds.findIndex(([a, b]) => (a === i && b === j) || (a === j && b === i));
    if (bond >= 0) return { bond, length };
    throw new Error(
      `buildCoordinateSpec: invalid constraint between atoms ${atomLabel(topology, i)} and ${atomLabel(topology, j)} ` +
        "(got a distance that is no bond of the Z-matrix), expected constrained bonds outside of rings; " +
        "make the system with constraints on bonds to hydrogen only (HBonds)",
    );
  });
  const { chiral, upperHalf, lowerHalf } = {
    chiral: chiralTorsions(topology, torsions),
    ...hydrogenHalves(topology, torsions, minimum.torsions),
    ...overrides,
  };
  const ranges =
    overrides.ranges ??
    ringRanges(topology, torsions, minimum.torsions, new Set([...chiral, ...upperHalf, ...lowerHalf]));
  return {
    zMatrix,
    bonds,
    angles,
    torsions,
    constrained: constrained.sort((a, b) => a.bond - b.bond),
    chiral,
    upperHalf,
    lowerHalf,
    ...(ranges.length > 0 && { ranges }),
    minimum,
  };
}
