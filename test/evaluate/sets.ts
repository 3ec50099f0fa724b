/** Sample sets for tests: x alone matters unless energies are given. */
import type { SampleSet } from "../../src/evaluate/parts";

export function setOf(x: Float32Array, dof: number, energy?: ArrayLike<number>): SampleSet {
  const n = x.length / dof;
  return { n, dof, x, energy: Float64Array.from(energy ?? new Float64Array(n)), logDet: new Float64Array(n) };
}
