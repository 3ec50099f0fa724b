/** Potential energies of samples against those of the truth: histograms, and their Wasserstein-2 distance (`energy-w2` of transferable-samplers). */
import { type Axis, type Histogram, histogram1d } from "../numerics/histogram";
import { type Distances, distancesOf, measureParts, type Part, type Parts, weightsOf } from "./parts";
import { type Quantiles, quantiles, wasserstein2 } from "./wasserstein";

/** How far above the highest energy of the truth a sample counts as clashing, kT: one such pair of atoms would be all that W2 sees. */
const TAIL = 100;
const BINS = 100;

/** Potential energies of the samples against the truth's, kT. */
export interface EnergyComparison {
  readonly w2: Distances;
  /** Samples that `w2` leaves out: energies that are no numbers, or more than 100 kT above the highest of the truth. */
  readonly excluded: number;
  /** Over the range of the truth; samples beyond it are in `dropped`. */
  readonly histograms: Parts<Histogram>;
}

/** Compares energies over kT = boltzmann * temperature. */
export function compareEnergies(parts: Parts<Part>, kT: number): EnergyComparison {
  const { energy } = parts.truth.set;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < energy.length; i++) {
    low = Math.min(low, energy[i]! / kT);
    high = Math.max(high, energy[i]! / kT);
  }
  const axis: Axis = { low, high: high > low ? high : low + 1, bins: BINS };
  const kept = measureParts(parts, (part) => energiesBelow(part, kT, high + TAIL));
  const sorted = measureParts(kept, ({ values, weights }) => quantiles(values, weights));
  return {
    w2: distancesOf(sorted, wasserstein2),
    excluded: parts.plain.count - kept.plain.values.length,
    histograms: measureParts(kept, ({ values, weights }) => histogram1d(values, axis, weights ?? undefined)),
  };
}

function energiesBelow(part: Part, kT: number, limit: number): Quantiles {
  const { set, from, step, count } = part;
  const all = weightsOf(part);
  const values = new Float64Array(count);
  const weights = all && new Float64Array(count);
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const value = set.energy[from + k * step]! / kT;
    if (!(Math.abs(value) < Infinity && value <= limit)) continue;
    if (weights !== null) weights[kept] = all![k]!;
    values[kept++] = value;
  }
  return { values: values.subarray(0, kept), weights: weights && weights.subarray(0, kept) };
}
