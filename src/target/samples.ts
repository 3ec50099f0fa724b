/** Samples of a flow with what they cost once: log q, energy and log-det; weights at any temperature follow without another evaluation. */
import { takeRows } from "../numerics/rows";
import { isValid, logDensity, type Energies, type Target } from "./target";

/** Plain data, one entry (or row of x) per sample. */
export interface Samples extends Energies {
  readonly n: number;
  readonly dof: number;
  /** [n, dof] */
  readonly x: Float32Array;
  readonly logQ: Float64Array;
  /** The temperature that each was drawn at, and that log q is of: of a flow that is told temperatures. */
  readonly temperatures?: Float64Array;
}

/**
 * Room for n samples, all zeros, to be filled block by block. The system gives memory to what is written, not to what is asked for:
 * room for more samples than are drawn costs nothing.
 * @param temperatures to draw them at, if the flow is told any.
 */
export function createSamples(n: number, dof: number, temperatures?: Float64Array): Samples {
  const vector = (): Float64Array => new Float64Array(n);
  const room = { n, dof, x: new Float32Array(n * dof), logQ: vector(), energy: vector(), logDet: vector() };
  return temperatures ? { ...room, temperatures } : room;
}

/** The samples [from, to), in the same memory. */
export function samplesBetween(samples: Samples, from: number, to: number): Samples {
  const { dof, x, logQ, energy, logDet, temperatures } = samples;
  const part = (values: Float64Array): Float64Array => values.subarray(from, to);
  const rows = x.subarray(from * dof, to * dof);
  const set = { n: to - from, dof, x: rows, logQ: part(logQ), energy: part(energy), logDet: part(logDet) };
  return temperatures ? { ...set, temperatures: part(temperatures) } : set;
}

/**
 * log(p~ / q) of a sample at a temperature; -Infinity, no weight, for invalid samples (`countInvalid` says how many there are) and where log q is NaN or
 * Infinity; Infinity where log q is -Infinity, at a point that the flow cannot give.
 */
export function logWeight(
  target: Pick<Target, "boltzmann">,
  { energy, logDet, logQ }: Samples,
  i: number,
  temperature: number,
): number {
  const [u, l, q] = [energy[i]!, logDet[i]!, logQ[i]!];
  return isValid(u, l) && q < Infinity ? logDensity(target, u, l, temperature) - q : -Infinity;
}

/** `logWeight` of all samples. @throws RangeError if the temperature is none. */
export function logWeights(target: Pick<Target, "boltzmann">, samples: Samples, temperature: number): Float64Array {
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new RangeError(`logWeights: invalid temperature (got ${temperature}), expected a positive number`);
  }
  const weights = new Float64Array(samples.n); // and a loop: Float64Array.from with a function takes ten times as long
  for (let i = 0; i < samples.n; i++) weights[i] = logWeight(target, samples, i, temperature);
  return weights;
}

/** How many points fail `isValid`. */
export function countInvalid({ energy, logDet }: Energies): number {
  return energy.reduce((count, value, i) => count + (isValid(value, logDet[i]!) ? 0 : 1), 0);
}

/** The samples at these indices, in this order; an index may come again (resampling). */
export function takeSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const { dof, x, logQ, energy, logDet, temperatures } = samples;
  return {
    n: indices.length,
    dof,
    x: takeRows(x, dof, indices),
    logQ: takeRows(logQ, 1, indices),
    energy: takeRows(energy, 1, indices),
    logDet: takeRows(logDet, 1, indices),
    ...(temperatures && { temperatures: takeRows(temperatures, 1, indices) }),
  };
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
  const told = sets.filter((set) => set.temperatures).length;
  if (told > 0 && told < sets.length) {
    throw new Error(
      `joinSamples: mismatched sets (got temperatures in ${told} of ${sets.length}), expected them in all or in none`,
    );
  }
  const joined = createSamples(n, dof, told > 0 ? new Float64Array(n) : undefined);
  let at = 0;
  for (const set of sets) {
    joined.x.set(set.x, at * dof);
    joined.logQ.set(set.logQ, at);
    joined.energy.set(set.energy, at);
    joined.logDet.set(set.logDet, at);
    if (set.temperatures) joined.temperatures!.set(set.temperatures, at);
    at += set.n;
  }
  return joined;
}
