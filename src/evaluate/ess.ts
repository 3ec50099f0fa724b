/** Effective sample sizes from log weights (paper, appendix on metrics). Weights of invalid samples are -Infinity: zero, but counted in n. */
import { logMeanExp } from "../numerics/logsumexp";

/** Share of the largest weights that the paper clips before it reports an ESS. */
export const PAPER_CLIP = 1e-4;

/**
 * Log weights cut at the k-th largest, k = floor(n * fraction); unchanged if k <= 1, as in the paper.
 * @throws RangeError if a weight is NaN or the fraction is not in [0, 1].
 */
export function clipLogWeights(logWeights: ArrayLike<number>, fraction: number): Float64Array {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new RangeError(`clipLogWeights: invalid fraction (got ${fraction}), expected a number from 0 to 1`);
  }
  const clipped = Float64Array.from(logWeights);
  const nan = clipped.findIndex(Number.isNaN);
  if (nan >= 0) {
    throw new RangeError(`clipLogWeights: invalid log weight ${nan} (got NaN); give invalid samples -Infinity`);
  }
  const k = Math.floor(clipped.length * fraction);
  if (k <= 1) return clipped;
  const threshold = kthLargest(clipped, k);
  for (let i = 0; i < clipped.length; i++) if (clipped[i]! > threshold) clipped[i] = threshold;
  return clipped;
}

/** (sum w)^2 / sum w^2: how many equally weighted samples would be as good; 0 if no weight is positive. */
export function effectiveSamples(logWeights: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < logWeights.length; i++) largest = Math.max(largest, logWeights[i]!);
  if (largest === -Infinity) return 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < logWeights.length; i++) {
    const weight = Math.exp(logWeights[i]! - largest);
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum) / squares;
}

/** Reverse ESS as a share of n, of samples x ~ q with weights p~/q, clipped by `clipLogWeights`. NaN if there are no samples. */
export function reverseEss(
  logWeights: ArrayLike<number>,
  { clip = PAPER_CLIP }: { readonly clip?: number } = {},
): number {
  return effectiveSamples(clipLogWeights(logWeights, clip)) / logWeights.length;
}

/** Forward ESS as a share, 1 / (E[1/w] E[w]), of samples x ~ p with weights p~/q. NaN if there are no samples. */
export function forwardEss(logWeights: ArrayLike<number>): number {
  const inverse = Float64Array.from(logWeights);
  for (let i = 0; i < inverse.length; i++) inverse[i] = -inverse[i]!;
  return Math.exp(-logMeanExp(logWeights) - logMeanExp(inverse));
}

/** By selecting within a shrinking range (Hoare's algorithm): linear on average, where sorting ten million weights takes a second. */
function kthLargest(values: Float64Array, k: number): number {
  const a = values.slice();
  const target = a.length - k; // its index in ascending order
  let low = 0;
  let high = a.length - 1;
  while (low < high) {
    const pivot = a[(low + high) >>> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (a[i]! < pivot) i++;
      while (a[j]! > pivot) j--;
      if (i <= j) {
        const swap = a[i]!;
        a[i++] = a[j]!;
        a[j--] = swap;
      }
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return a[target]!;
}
