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
  const n = all.length;
  const member = new Uint8Array(n);
  const inside = new Float64Array(n).fill(-Infinity);
  for (let i = 0; i < n; i++) {
    if (!isInside(i)) continue;
    member[i] = 1;
    inside[i] = all[i]!;
  }
  const perBlock = Array.from({ length: blocks }, (_, b) => {
    const start = Math.floor((b * n) / blocks);
    const end = Math.floor(((b + 1) * n) / blocks);
    return shares(member.subarray(start, end), inside.subarray(start, end), all.subarray(start, end));
  });
  return {
    ...shares(member, inside, all),
    sampledError: meanEstimate(perBlock.map((block) => block.sampled)).error,
    reweightedError: meanEstimate(perBlock.map((block) => block.reweighted)).error,
    samples: count(member),
    effective: effectiveSamples(inside),
  };
}

/** Both shares of one block; NaN without samples, or without weight. `inside` holds -Infinity for who is not a member. */
function shares(
  member: Uint8Array,
  inside: Float64Array,
  all: Float64Array,
): Pick<BasinShare, "sampled" | "reweighted"> {
  return { sampled: count(member) / member.length, reweighted: Math.exp(logSumExp(inside) - logSumExp(all)) };
}

function count(member: Uint8Array): number {
  let sum = 0;
  for (const one of member) sum += one;
  return sum;
}
