/**
 * Correction maps of two dihedrals: U(phi, psi) on a periodic grid, between whose points bicubic polynomials run with the slopes of
 * periodic cubic splines (MacKerell, Feig, Brooks, J. Comput. Chem. 25, 1400 (2004)), OpenMM's CMAPTorsionForce.
 */
import { createDihedrals } from "./dihedral";
import { expectLayout, expectNonPeriodic } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

type Quadruple = readonly [number, number, number, number];

/** Maps [size * size] of energies (kJ/mol), phi fastest, both angles 0, 1/size, ... of a turn; which map acts on which two dihedrals. */
export interface CmapData {
  readonly type: "cmap";
  readonly maps: readonly { readonly size: number; readonly energy: readonly number[] }[];
  readonly torsions: readonly { readonly map: number; readonly phi: Quadruple; readonly psi: Quadruple }[];
}

/** Reads a `CMAPTorsionForce` element. */
export function readCmap(force: Element, atoms: number): CmapData {
  expectLayout(force, 2, ["Maps", "Torsions"]);
  expectNonPeriodic(force);
  const maps = listOf(force, "Maps").map((map) => {
    const size = numberOf(map, "size");
    const energy = map.children.map((child) => numberOf(child, "e"));
    if (!(Number.isInteger(size) && size >= 2 && energy.length === size * size)) {
      throw new Error(
        `${map.place}: invalid size (got ${size}, and ${energy.length} energies), expected an integer of at least 2, and its square`,
      );
    }
    return { size, energy };
  });
  const torsions = listOf(force, "Torsions").map((torsion) => {
    const map = numberOf(torsion, "map");
    if (!(map in maps)) {
      throw new Error(`${torsion.place}: invalid map (got ${map}), expected an index below ${maps.length}`);
    }
    const quadruple = (name: string): Quadruple =>
      atomsOf(torsion, [1, 2, 3, 4].map((k) => `${name}${k}`), atoms) as unknown as Quadruple; // prettier-ignore
    return { map, phi: quadruple("a"), psi: quadruple("b") };
  });
  return { type: "cmap", maps, torsions };
}

/** The energy of the maps. */
export function createCmapTerm({ maps, torsions }: CmapData): EnergyTerm {
  const grids = maps.map(({ size, energy }) => toGrid(size, energy));
  const dihedrals = createDihedrals(
    Int32Array.from(torsions.flatMap(({ phi, psi }) => [...phi, ...psi].map((atom) => 3 * atom))),
  );
  return {
    name: "cmap",
    evaluate(xyz, gradient) {
      dihedrals.measure(xyz);
      let energy = 0;
      torsions.forEach(({ map }, t) => {
        const { size, knots } = grids[map]!;
        const [i, x] = cellOf(dihedrals.sine[2 * t]!, dihedrals.cosine[2 * t]!, size);
        const [j, y] = cellOf(dihedrals.sine[2 * t + 1]!, dihedrals.cosine[2 * t + 1]!, size);
        const [hx, hy, sx, sy] = [hermite(x), hermite(y), hermiteSlope(x), hermiteSlope(y)];
        let byX = 0;
        let byY = 0;
        for (let b = 0; b < 4; b++) {
          for (let a = 0; a < 4; a++) {
            // a and b: value at the near and the far corner, then slope there
            const column = (i + (a & 1)) % size;
            const row = (j + (b & 1)) % size;
            const knot = knots[(a >> 1) + 2 * (b >> 1)]![column + size * row]!;
            energy += knot * hx[a]! * hy[b]!;
            byX += knot * sx[a]! * hy[b]!;
            byY += knot * hx[a]! * sy[b]!;
          }
        }
        if (gradient === null) return;
        const perRadian = size / (2 * Math.PI);
        dihedrals.spread(2 * t, byX * perRadian, gradient);
        dihedrals.spread(2 * t + 1, byY * perRadian, gradient);
      });
      return energy;
    },
  };
}

/** The grid point below an angle, and how far (of a cell) the angle is past it. NaN angles fall into a cell with a NaN share. */
function cellOf(sine: number, cosine: number, size: number): [cell: number, share: number] {
  const turn = Math.atan2(sine, cosine) / (2 * Math.PI);
  const place = (turn < 0 ? turn + 1 : turn) * size;
  const cell = Math.min(Math.floor(place), size - 1); // an angle of -1e-17 rounds to a whole turn
  return [cell >= 0 ? cell : 0, place - cell];
}

/** Cubic Hermite polynomials: of the values at 0 and 1, then of the slopes at 0 and 1. */
const hermite = (t: number): number[] => [
  1 - t * t * (3 - 2 * t),
  t * t * (3 - 2 * t),
  t * (1 - t) * (1 - t),
  t * t * (t - 1),
];
const hermiteSlope = (t: number): number[] => [
  6 * t * (t - 1),
  6 * t * (1 - t),
  (1 - t) * (1 - 3 * t),
  t * (3 * t - 2),
];

/** At each grid point the value, its slopes per cell along phi, along psi, and along both. */
function toGrid(size: number, energy: readonly number[]): { size: number; knots: readonly (readonly number[])[] } {
  const along = (values: readonly number[], step: number): number[] => {
    const slopes = values.slice();
    for (let line = 0; line < size; line++) {
      const at = (k: number): number => (step === 1 ? line * size + k : line + k * size);
      periodicSlopes(Array.from({ length: size }, (_, k) => values[at(k)]!)).forEach(
        (slope, k) => (slopes[at(k)] = slope),
      );
    }
    return slopes;
  };
  const byPsi = along(energy, size);
  return { size, knots: [energy, along(energy, 1), byPsi, along(byPsi, 1)] };
}

/**
 * Slopes m of the periodic cubic spline through equidistant values: m[k-1] + 4 m[k] + m[k+1] = 3 (y[k+1] - y[k-1]). On a line without
 * end the inverse of the left side is z^|k| / (2 sqrt 3) with z = sqrt 3 - 2; round a circle its images add up.
 */
function periodicSlopes(y: readonly number[]): number[] {
  const n = y.length;
  const z = Math.sqrt(3) - 2;
  const scale = 2 * Math.sqrt(3) * (1 - z ** n);
  const inverse = y.map((_, k) => (z ** k + z ** (n - k)) / scale);
  const right = y.map((_, k) => 3 * (y[(k + 1) % n]! - y[(k + n - 1) % n]!));
  return y.map((_, k) => right.reduce((sum, value, j) => sum + value * inverse[(j - k + n) % n]!, 0));
}
