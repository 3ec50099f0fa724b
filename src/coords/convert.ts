/** From the shipped coordinates of a molecule to those that a flow has chosen: rotors folded, impropers confined. */
import { createFolding } from "./rotors";
import { createScaling, scaledEntry } from "./scaling";
import type { CoordinateSpec } from "./spec";

/**
 * Points of the shipped coordinates, such as ground truth, as points of those of a spec; themselves where it has chosen neither.
 * @param x [n, dof]
 */
export function convertFrames(spec: CoordinateSpec, x: Float32Array): Float32Array {
  if (!spec.rotors && !spec.impropers) return x;
  const shipped = createScaling({ ...spec, rotors: [], impropers: [] });
  const chosen = createScaling(spec);
  const fold = createFolding(spec);
  const dof = shipped.index.length;
  const made = new Float32Array(x.length);
  const q = shipped.constants.slice();
  for (let row = 0; row < x.length; row += dof) {
    for (let k = 0; k < dof; k++) q[shipped.index[k]!] = shipped.offset[k]! + shipped.scale[k]! * x[row + k]!;
    fold(q);
    for (let k = 0; k < dof; k++) made[row + k] = scaledEntry(chosen, q, k);
  }
  return made;
}
