/** What the rules found in a molecule: which torsions are confined or worth a look, and why. */
import { findRings } from "./rings";
import { confinedTorsions } from "./scaling";
import type { CoordinateSpec, ZMatrixRow } from "./spec";
import { equivalenceClasses } from "./symmetry";
import { isTurn, neighbours, type Topology } from "./topology";

/** One torsion of the Z-matrix that the rules had something to say about. */
export interface Feature {
  /** Its position in `torsions` of the coordinates: for overriding. */
  readonly torsion: number;
  readonly kind:
    | "chiral centre"
    | "centre with equivalent neighbours"
    | "planar ring"
    | "puckered ring"
    | "range given"
    | "trans peptide bond"
    | "cis peptide bond"
    | `${string}H${number}`;
  /** Degrees, (-180, 180], at the minimum. */
  readonly atMinimum: number;
  /** Degrees that x in [0, 1] spans; the whole circle for peptide bonds, which may turn unless they are given a range. */
  readonly from: number;
  readonly to: number;
}

/** The features of a molecule, by torsion. */
export function coordinateFeatures(topology: Topology, spec: CoordinateSpec): Feature[] {
  const lists = neighbours(topology);
  const classes = equivalenceClasses(topology);
  const element = (atom: number): string => topology.atoms[atom]!.element;
  const confined = confinedTorsions(spec);
  const chiral = new Set(spec.chiral);
  const hydrogens = new Set([...spec.upperHalf, ...spec.lowerHalf]);
  const ranges = new Set(spec.ranges?.map(({ torsion }) => torsion));
  const rings = findRings(topology);
  const kindOf = (row: ZMatrixRow, torsion: number): Feature["kind"] | null => {
    const around = lists[row[1]]!;
    if (chiral.has(torsion)) {
      const distinct = new Set(around.map((atom) => classes[atom])).size === around.length;
      return distinct ? "chiral centre" : "centre with equivalent neighbours";
    }
    if (hydrogens.has(torsion)) return `${element(row[1])}H${around.filter((atom) => element(atom) === "H").length}`;
    const ring = rings.find((atoms) => atoms.includes(row[1]) && atoms.includes(row[2]));
    if (ranges.has(torsion) && ring)
      return ring.every((atom) => lists[atom]!.length <= 3) ? "planar ring" : "puckered ring";
    const ends = peptideEnds(row);
    if (ends === null) return ranges.has(torsion) ? "range given" : null;
    // Trans by the carbons at both ends; the oxygen and the hydrogen stand on the other side of the bond.
    const isAcross = Math.abs(spec.minimum.torsions[torsion]! - 0.5) > 0.25;
    const others = Number(element(ends.atCarbon) === "O") + Number(element(ends.atNitrogen) === "H");
    return (isAcross ? 1 : 0) === others % 2 ? "cis peptide bond" : "trans peptide bond";
  };
  /** The neighbours that a torsion about a C(=O)-N bond is measured between; null for any other. */
  const peptideEnds = (row: ZMatrixRow): { atCarbon: number; atNitrogen: number } | null => {
    const isCarbonyl = (atom: number): boolean =>
      element(atom) === "C" && lists[atom]!.some((other) => element(other) === "O" && lists[other]!.length === 1);
    if (!isTurn(lists, row)) return null;
    const [a, i, j, l] = row;
    if (isCarbonyl(i) && element(j) === "N" && lists[j]!.length === 3) return { atCarbon: a, atNitrogen: l };
    return isCarbonyl(j) && element(i) === "N" && lists[i]!.length === 3 ? { atCarbon: l, atNitrogen: a } : null;
  };
  return spec.torsions.flatMap((row, torsion): Feature[] => {
    const kind = kindOf(row, torsion);
    if (kind === null) return [];
    const [from, width] = confined.get(torsion) ?? [0, 1];
    const degrees = (turn: number): number => 360 * turn - 180;
    return [
      {
        torsion,
        kind,
        atMinimum: degrees(spec.minimum.torsions[torsion]!),
        from: degrees(from),
        to: degrees(from + width),
      },
    ];
  });
}
