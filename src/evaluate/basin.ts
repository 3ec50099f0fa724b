/** How much of the samples lies in a basin, sampled and reweighted, with what is needed to judge the number: effective samples and block errors. */
import { logSumExp } from "../numerics/logsumexp";
import { effectiveSamples } from "./ess";
import { meanEstimate } from "./logz";

/** Shares are between 0 and 1. A reweighted share that rests on few effective samples means little, whatever its error says. */
export interface BasinShare {
  /** Share of the samples, and its standard error over blocks. */
  readonly sampled: number;
  readonly sampledError: number;
  /** Share of the weight, and its standard error by leaving out a block at a time. */
  readonly reweighted: number;
  readonly reweightedError: number;
  /** Samples inside. */
  readonly samples: number;
  /** (sum w)^2 / sum w^2 over the samples inside. */
  readonly effective: number;
}

/**
 * The share of a basin.
 * @param logWeights log(p~/q) of each sample; -Infinity for invalid ones, which still count as sampled.
 * @param isInside whether sample i lies in the basin.
 * @param options.blocks errors are over this many blocks of consecutive samples (at least 2; fewer samples: NaN). A block's own share of its own
 *   weight is no estimate of the whole's where few samples carry the weight, so that of the weight is a jackknife: Efron, The Jackknife, the Bootstrap
 *   and Other Resampling Plans (1982).
 */
export function basinShare(
  logWeights: ArrayLike<number>,
  isInside: (index: number) => boolean,
  { blocks = 10 }: { readonly blocks?: number } = {},
): BasinShare {
  if (!Number.isSafeInteger(blocks) || blocks < 2) {
    throw new RangeError(`basinShare: invalid blocks (got ${blocks}), expected an integer of at least 2`);
  }
  const all = Float64Array.from(logWeights);
  const n = all.length;
  const member = new Uint8Array(n);
  const inside = new Float64Array(n).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    if (!isInside(i)) continue;
    member[i] = 1;
    inside[i] = all[i]!;
  }
  const perBlock = Array.from({ length: blocks }, (_, b) => {
    const [start, end] = [b, b + 1].map((k) => Math.floor((k * n) / blocks)) as [number, number];
    return {
      sampled: count(member.subarray(start, end)) / (end - start),
      inside: logSumExp(inside.subarray(start, end)),
      all: logSumExp(all.subarray(start, end)),
    };
  });
  const reweighted = (some: typeof perBlock): number =>
    Math.exp(logSumExp(some.map((block) => block.inside)) - logSumExp(some.map((block) => block.all)));
  const leftOut = perBlock.map((_, b) => reweighted(perBlock.filter((_, other) => other !== b)));
  return {
    sampled: count(member) / n,
    sampledError: meanEstimate(perBlock.map((block) => block.sampled)).error,
    reweighted: reweighted(perBlock),
    // What is left is as much alike as blocks - 1 of blocks are the same.
    reweightedError: n < blocks ? NaN : (blocks - 1) * meanEstimate(leftOut).error,
    samples: count(member),
    effective: effectiveSamples(inside),
  };
}

function count(member: Uint8Array): number {
  let sum = 0;
  for (const one of member) sum += one;
  return sum;
}
