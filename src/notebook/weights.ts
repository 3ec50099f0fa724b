/** Weights as figures use them. */
import { clipLogWeights, PAPER_CLIP } from "../evaluate/ess";

/** exp(log weight), the largest 1, clipped as in the metrics; 0 for invalid samples. */
export function relativeWeights(logWeights: ArrayLike<number>): Float64Array {
  const clipped = clipLogWeights(logWeights, PAPER_CLIP);
  const largest = clipped.reduce((most, weight) => Math.max(most, weight), -Infinity);
  return clipped.map((weight) => (weight === -Infinity ? 0 : Math.exp(weight - largest)));
}
