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

/**
 * Room for n samples, all zeros, to be filled block by block. The system gives memory to what is written, not to what is asked for:
 * room for more samples than are drawn costs nothing.
 */
export function createSamples(n: number, dof: number): Samples {
  const vector = (): Float64Array => new Float64Array(n);
  return { n, dof, x: new Float32Array(n * dof), logQ: vector(), energy: vector(), logDet: vector() };
}

/** The samples [from, to), in the same memory. */
export function samplesBetween({ dof, x, logQ, energy, logDet }: Samples, from: number, to: number): Samples {
  const part = (values: Float64Array): Float64Array => values.subarray(from, to);
  const rows = x.subarray(from * dof, to * dof);
  return { n: to - from, dof, x: rows, logQ: part(logQ), energy: part(energy), logDet: part(logDet) };
}

/**
 * log(p~ / q) at a temperature; -Infinity, no weight, for invalid samples (`countInvalid` says how many there are) and where log q is NaN or Infinity;
 * Infinity where log q is -Infinity, at a point that the flow cannot give.
 */
export function logWeights(target: Pick<Target, "boltzmann">, samples: Samples, temperature: number): Float64Array {
  const { n, energy, logDet, logQ } = samples;
  const weights = new Float64Array(n); // and a loop: Float64Array.from with a function takes ten times as long
  for (let i = 0; i < n; i++) {
    const [u, l] = [energy[i]!, logDet[i]!];
    const isUsable = isValid(u, l) && logQ[i]! < Infinity;
    weights[i] = isUsable ? logDensity(target, u, l, temperature) - logQ[i]! : -Infinity;
  }
  return weights;
}

/** How many points fail `isValid`. */
export function countInvalid({ energy, logDet }: Energies): number {
  return energy.reduce((count, value, i) => count + (isValid(value, logDet[i]!) ? 0 : 1), 0);
}

/** The samples at these indices, in this order; an index may come again (resampling). */
export function takeSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const { dof } = samples;
  const taken = createSamples(indices.length, dof);
  for (let k = 0; k < indices.length; k++) {
    const i = indices[k]!;
    taken.x.set(samples.x.subarray(i * dof, (i + 1) * dof), k * dof);
    taken.logQ[k] = samples.logQ[i]!;
    taken.energy[k] = samples.energy[i]!;
    taken.logDet[k] = samples.logDet[i]!;
  }
  return taken;
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
  const joined = createSamples(n, dof);
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
