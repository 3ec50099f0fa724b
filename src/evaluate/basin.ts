/** How much of the samples lies in a basin, sampled and reweighted, with what is needed to judge the number: effective samples and block errors. */
import { logSumExp } from "../numerics/logsumexp";
import { effectiveSamples } from "./ess";
import { meanEstimate } from "./logz";

/** Shares are between 0 and 1. A reweighted share that rests on few effective samples means little, whatever its error says. */
export interface BasinShare {
  /** Share of the samples, and its standard error over blocks. */
  readonly sampled: number;
  readonly sampledError: number;
  /** Share of the weight, and its standard error over blocks. */
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
 * @param options.blocks errors are those of the mean over this many blocks of consecutive samples (at least 2; fewer samples: NaN).
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
  const member = Uint8Array.from(all, (_, i) => (isInside(i) ? 1 : 0));
  const n = all.length;
  const perBlock = Array.from({ length: blocks }, (_, b) => {
    const start = Math.floor((b * n) / blocks);
    const end = Math.floor(((b + 1) * n) / blocks);
    return shares(all.subarray(start, end), member.subarray(start, end));
  });
  const whole = shares(all, member);
  return {
    ...whole,
    sampledError: meanEstimate(perBlock.map((block) => block.sampled)).error,
    reweightedError: meanEstimate(perBlock.map((block) => block.reweighted)).error,
    samples: member.reduce((sum, inside) => sum + inside, 0),
    effective: effectiveSamples(all.filter((_, i) => member[i] === 1)),
  };
}

/** Both shares of one block; NaN without samples, or without weight. */
function shares(logWeights: Float64Array, member: Uint8Array): { sampled: number; reweighted: number } {
  const inside = logWeights.filter((_, i) => member[i] === 1);
  return {
    sampled: inside.length / logWeights.length,
    reweighted: Math.exp(logSumExp(inside) - logSumExp(logWeights)),
  };
}
