/** Samples of a flow with what they cost once: log q, energy and log-det; weights at any temperature follow without another evaluation. */
import { isValid, logDensity, type Energies, type Target } from "./target";

/** Plain data, one entry (or row of x) per sample. */
export interface Samples extends Energies {
  readonly n: number;
  readonly dof: number;
  /** [n, dof] */
  readonly x: Float32Array;
  readonly logQ: Float64Array;
}

/** log(p~ / q) at a temperature; -Infinity, no weight, for invalid samples (`countInvalid` says how many there are). */
export function logWeights(target: Pick<Target, "boltzmann">, samples: Samples, temperature: number): Float64Array {
  const { energy, logDet, logQ } = samples;
  return Float64Array.from(logQ, (q, i) =>
    isValid(energy[i]!, logDet[i]!) ? logDensity(target, energy[i]!, logDet[i]!, temperature) - q : -Infinity,
  );
}

/** How many points fail `isValid`. */
export function countInvalid({ energy, logDet }: Energies): number {
  return energy.reduce((count, value, i) => count + (isValid(value, logDet[i]!) ? 0 : 1), 0);
}

/** The samples at these indices, in this order; an index may come again (resampling). */
export function takeSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const n = indices.length;
  const { dof } = samples;
  const x = new Float32Array(n * dof);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(indices, (i) => values[i]!);
  for (let k = 0; k < n; k++) x.set(samples.x.subarray(indices[k]! * dof, (indices[k]! + 1) * dof), k * dof);
  return { n, dof, x, logQ: pick(samples.logQ), energy: pick(samples.energy), logDet: pick(samples.logDet) };
}

/** Several sets of samples as one, in order. */
export function joinSamples(sets: readonly Samples[]): Samples {
  const dof = sets[0]?.dof ?? 0;
  const other = sets.find((set) => set.dof !== dof);
  if (other) {
    throw new Error(
      `joinSamples: mismatched sets (got ${other.dof} degrees of freedom), expected ${dof} as in the first`,
    );
  }
  const n = sets.reduce((sum, set) => sum + set.n, 0);
  const x = new Float32Array(n * dof);
  const joined = { n, dof, x, logQ: new Float64Array(n), energy: new Float64Array(n), logDet: new Float64Array(n) };
  let at = 0;
  for (const set of sets) {
    joined.x.set(set.x, at * dof);
    joined.logQ.set(set.logQ, at);
    joined.energy.set(set.energy, at);
    joined.logDet.set(set.logDet, at);
    at += set.n;
  }
  return joined;
}
