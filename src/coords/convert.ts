/** From the shipped coordinates of a molecule to those that a flow has chosen: rotors folded, impropers confined. */
import { createFolding } from "./rotors";
import { createScaling, scaledEntry } from "./scaling";
import type { CoordinateSpec } from "./spec";

/** Points x [n, dof] of a molecule, with the coordinates that they are of as `loadGroundTruth` gives them; null: the shipped ones. */
export interface Frames {
  readonly n: number;
  readonly dof: number;
  readonly x: Float32Array;
  readonly coordinates?: CoordinateSpec | null;
}

/** What tells frames of a molecule apart from the same ones in other coordinates. */
const chosen = (spec: CoordinateSpec | null): string => JSON.stringify([spec?.rotors ?? [], spec?.impropers ?? []]);

/**
 * Asserts that frames are points of the coordinates that they are read in; x says nothing about it.
 * @param frames are trusted if they do not say what they are of.
 * @throws Error that says how to load them.
 */
export function requireCoordinates(
  caller: string,
  spec: CoordinateSpec,
  { coordinates }: Pick<Frames, "coordinates">,
): void {
  if (coordinates === undefined || chosen(coordinates) === chosen(spec)) return;
  const say = (of: CoordinateSpec | null): string =>
    `${of?.rotors?.length ?? 0} folded rotors and ${of?.impropers?.length ?? 0} confined impropers`;
  throw new Error(
    `${caller}: mismatched coordinates (got frames with ${say(coordinates)}), expected ${say(spec)}; ` +
      "load them with loadGroundTruth(system, run.setup.molecule)",
  );
}

/**
 * Points of the shipped coordinates, such as ground truth, as points of those of a spec; themselves where it has chosen neither.
 * @param x [n, dof]
 */
export function convertFrames(spec: CoordinateSpec, x: Float32Array): Float32Array {
  if (!spec.rotors && !spec.impropers) return x;
  const shipped = createScaling({ ...spec, rotors: [], impropers: [] });
  const made = createScaling(spec);
  const fold = createFolding(spec);
  const dof = shipped.index.length;
  const converted = new Float32Array(x.length);
  const q = shipped.constants.slice();
  for (let row = 0; row < x.length; row += dof) {
    for (let k = 0; k < dof; k++) q[shipped.index[k]!] = shipped.offset[k]! + shipped.scale[k]! * x[row + k]!;
    fold(q);
    for (let k = 0; k < dof; k++) converted[row + k] = scaledEntry(made, q, k);
  }
  return converted;
}
