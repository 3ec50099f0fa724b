/** Weights as figures use them. */
import { clipLogWeights, PAPER_CLIP } from "../evaluate/ess";
import { expScaled } from "../numerics/logsumexp";

/** exp(log weight), the largest 1, clipped as in the metrics; 0 for invalid samples. */
export function relativeWeights(logWeights: ArrayLike<number>): Float64Array {
  return expScaled(clipLogWeights(logWeights, PAPER_CLIP));
}
