/** The partition function and its bounds from log weights, with error bars (paper, appendix on metrics: log Z, ELBO, EUBO, NLL). */
import { logMeanExp } from "../numerics/logsumexp";
import type { Rng } from "../numerics/random";

/** An estimate with its standard error; the error is NaN below two samples. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** The ELBO twice: a few clashing samples can spoil the plain mean of log w. */
export interface Elbo {
  /** Mean of all log weights; -Infinity if an invalid sample is among them. */
  readonly all: Estimate;
  /** Mean without the tail and without what is not finite. */
  readonly core: Estimate;
  /** How many samples `core` leaves out. */
  readonly excluded: number;
}

// So many groups estimate an error to 1 / sqrt(2 * 1000) = 2 % of itself, and make its cost independent of n.
const GROUPS = 1000;

/**
 * log Z = log of the mean weight of samples x ~ q, with a bootstrap error. Samples are independent, so beyond 1000 of them sums of
 * consecutive ones are resampled instead of single weights.
 */
export function estimateLogZ(
  logWeights: ArrayLike<number>,
  rng: Rng,
  { resamples = 200 }: { readonly resamples?: number } = {},
): Estimate {
  const groups = logMeansOfGroups(logWeights, Math.min(GROUPS, logWeights.length));
  const value = logMeanExp(logWeights);
  if (groups.length < 2) return { value, error: NaN };
  const drawn = new Float64Array(groups.length);
  const replicas = Array.from({ length: resamples }, () => {
    for (let g = 0; g < groups.length; g++) drawn[g] = groups[rng.integer(groups.length)]!;
    return logMeanExp(drawn);
  });
  // The groups hold all samples but a few; the error of the mean over all of them is smaller by the root of the share.
  const used = groups.length * Math.floor(logWeights.length / groups.length);
  return { value, error: deviation(replicas) * Math.sqrt(used / logWeights.length) };
}

/**
 * The same of samples in equal populations, one after another: what is alike within each, as after resampling, does not pass for knowledge, for the error is
 * that of their means.
 */
export function populationLogZ(logWeights: ArrayLike<number>, populations: number): Estimate {
  const value = logMeanExp(logWeights);
  const means = logMeansOfGroups(logWeights, populations).map((mean) => Math.exp(mean - value));
  return { value, error: meanEstimate(means).error };
}

/**
 * The evidence lower bound, mean of log(p~/q) over x ~ q, in kT.
 * @param isTail marks samples to leave out of `core`, such as those whose energy was regularised.
 */
export function elbo(logWeights: ArrayLike<number>, isTail: (index: number) => boolean = () => false): Elbo {
  const core = new Float64Array(logWeights.length); // not a filter, which would keep every number as an object
  let kept = 0;
  for (let i = 0; i < logWeights.length; i++) {
    if (Number.isFinite(logWeights[i]) && !isTail(i)) core[kept++] = logWeights[i]!;
  }
  const excluded = logWeights.length - kept;
  return { all: meanEstimate(logWeights), core: meanEstimate(core.subarray(0, kept)), excluded };
}

/** A mean with its standard error: the EUBO of log(p~/q) and the NLL of -log q, both over x ~ p. */
export function meanEstimate(values: ArrayLike<number>): Estimate {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  return { value: sum / n, error: deviation(values) / Math.sqrt(n) };
}

/**
 * The same with an error that holds for correlated values, such as those along a simulation: that of the mean over blocks of consecutive values,
 * which must be long against the correlation time. NaN with fewer values than blocks.
 */
export function blockEstimate(values: Float64Array, { blocks = 50 }: { readonly blocks?: number } = {}): Estimate {
  const n = values.length;
  const { value } = meanEstimate(values);
  if (n < blocks) return { value, error: NaN };
  const means = Float64Array.from({ length: blocks }, (_, b) => {
    return meanEstimate(values.subarray(Math.floor((b * n) / blocks), Math.floor(((b + 1) * n) / blocks))).value;
  });
  return { value, error: meanEstimate(means).error };
}

/** Standard deviation of a sample; NaN below two values. */
function deviation(values: ArrayLike<number>): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return n < 2 ? NaN : Math.sqrt(squares / (n - 1));
}

/** log means of consecutive groups of one size; the last samples, which fill no group, are left out. */
function logMeansOfGroups(logWeights: ArrayLike<number>, count: number): Float64Array {
  const size = Math.floor(logWeights.length / count);
  const all = Float64Array.from(logWeights);
  return Float64Array.from({ length: count }, (_, g) => logMeanExp(all.subarray(g * size, (g + 1) * size)));
}
