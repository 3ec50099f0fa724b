/** Free-energy differences between two regions, from their shares of samples or weight, with errors that hold for correlated samples. */
import { expScaled } from "../numerics/logsumexp";
import type { Rng } from "../numerics/random";
import type { Estimate } from "./logz";

/** Whether row i of a set lies in a region. */
export type Region = (row: number) => boolean;

/**
 * F(to) - F(from) = -ln(P(to) / P(from)) in kT, of the rows 0 ... n - 1.
 * The error is a bootstrap over blocks of consecutive rows, which must be long against the correlation time of a simulation. Where a region
 * holds no weight the difference is infinite (NaN if both do) and has no error; where it may hold none in a resample, the error is infinite.
 * @param options.logWeights log(p~/q) of each row; null counts all rows alike.
 */
export function freeEnergyDifference(
  n: number,
  regions: { readonly from: Region; readonly to: Region },
  {
    rng,
    logWeights = null,
    blocks = 50,
    resamples = 200,
  }: {
    readonly rng: Rng;
    readonly logWeights?: ArrayLike<number> | null;
    readonly blocks?: number;
    readonly resamples?: number;
  },
): Estimate {
  if (!Number.isSafeInteger(blocks) || blocks < 2) {
    throw new RangeError(`freeEnergyDifference: invalid blocks (got ${blocks}), expected an integer of at least 2`);
  }
  const weights = logWeights && expScaled(logWeights);
  const from = new Float64Array(blocks);
  const to = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const end = Math.floor(((b + 1) * n) / blocks);
    for (let i = Math.floor((b * n) / blocks); i < end; i++) {
      const weight = weights ? weights[i]! : 1;
      if (regions.from(i)) from[b]! += weight;
      if (regions.to(i)) to[b]! += weight;
    }
  }
  const value = difference(from, to, (b) => b);
  if (!Number.isFinite(value) || n < blocks) return { value, error: NaN };
  let [mean, squares] = [0, 0];
  const picked = new Uint32Array(blocks);
  for (let r = 0; r < resamples; r++) {
    for (let b = 0; b < blocks; b++) picked[b] = rng.integer(blocks);
    const replica = difference(from, to, (b) => picked[b]!);
    if (!Number.isFinite(replica)) return { value, error: Infinity };
    const delta = replica - mean; // Welford's update
    mean += delta / (r + 1);
    squares += delta * (replica - mean);
  }
  return { value, error: Math.sqrt(squares / (resamples - 1)) };
}

function difference(from: Float64Array, to: Float64Array, pick: (block: number) => number): number {
  let [sumFrom, sumTo] = [0, 0];
  for (let b = 0; b < from.length; b++) {
    sumFrom += from[pick(b)]!;
    sumTo += to[pick(b)]!;
  }
  return Math.log(sumFrom / sumTo);
}
