/** Internal coordinates of samples as people write them: degrees and nanometres, by name. */
import { createScaling } from "../coords/scaling";
import { isTorsion } from "../coords/spec";
import { coordinateNames } from "../evaluate/marginals";
import type { MolecularSystem } from "../target/molecule";
import type { Samples } from "../target/samples";

/** One column of x, and how it is to be read. */
export interface Column {
  readonly name: string;
  readonly unit: "°" | "nm";
  /** Whether it closes on itself after 360 degrees. */
  readonly isTorsion: boolean;
  /** Its value in samples, row by row; torsions in (-180, 180]. */
  values(samples: Pick<Samples, "n" | "x" | "dof">): Float64Array;
}

/** All columns of x in their order; named as by `coordinateNames`, but phi and psi by these letters. */
export function columnsOf({ topology, coordinates, ramachandran }: MolecularSystem): Column[] {
  const { channels, offset, scale } = createScaling(coordinates);
  const names = coordinateNames(topology, coordinates);
  const torsions = channels.flatMap((channel, column) => (isTorsion(channel) ? [column] : []));
  const short = new Map(
    ramachandran.flatMap(([phi, psi], residue) => {
      const number = ramachandran.length > 1 ? String(residue + 1) : "";
      return [[torsions[phi]!, `φ${number}`] as const, [torsions[psi]!, `ψ${number}`] as const];
    }),
  );
  return channels.map((channel, column) => {
    const factor = channel === "bond" ? 1 : channel === "angle" ? 180 : 360;
    const shift = isTorsion(channel) ? -180 : 0;
    return {
      name: short.get(column) ?? names[column]!,
      unit: channel === "bond" ? "nm" : "°",
      isTorsion: isTorsion(channel),
      values: ({ n, x, dof }) =>
        Float64Array.from({ length: n }, (_, row) => {
          const value = shift + factor * (offset[column]! + scale[column]! * x[row * dof + column]!);
          return isTorsion(channel) && Math.abs(value) > 180 ? value - 360 * Math.sign(value) : value; // a range of its own may reach beyond
        }),
    };
  });
}

/**
 * Columns by their names.
 * @throws RangeError naming one that is not there.
 */
export function findColumns(molecule: MolecularSystem, names: readonly string[]): Column[] {
  const all = columnsOf(molecule);
  return names.map((name) => {
    const found = all.find((column) => column.name === name);
    if (found) return found;
    const near = all.map((column) => column.name).filter((other) => other.includes(name.split(" ")[0]!));
    throw new RangeError(
      `findColumns: unknown coordinate (got "${name}"), expected one of columnsOf(molecule), for example ${near.slice(0, 3).join(", ") || all[0]!.name}`,
    );
  });
}

/** phi and psi of every residue, and the angle at its alpha carbon. */
export function backboneColumns(molecule: MolecularSystem): Column[] {
  const columns = columnsOf(molecule);
  const named = (pattern: RegExp): Column[] => columns.filter(({ name }) => pattern.test(name));
  return [...named(/^[φψ]\d*$/), ...named(/^angle \w+:(N-CA-C|C-CA-N)$/)];
}
