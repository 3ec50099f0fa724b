/** Temperatures at which every swap is equally likely: equal shares of the communication barrier (Syed et al. 2022, section 5.4). */

/** A swap that never fails still takes some of the ladder, so that no two temperatures fall together. */
const LEAST_REJECTION = 1e-3;

/**
 * The ladder with the same ends whose levels share the rejections of the old one equally.
 * @param temperatures ascending.
 * @param rejection mean probability that the swap of each neighbouring pair is refused.
 */
export function equaliseLadder(temperatures: ArrayLike<number>, rejection: ArrayLike<number>): Float64Array {
  const levels = temperatures.length;
  if (levels < 2 || rejection.length !== levels - 1) {
    throw new RangeError(
      `equaliseLadder: mismatched ladder (got ${levels} temperatures, ${rejection.length} rejections), expected one less than at least 2`,
    );
  }
  // The barrier from the first temperature to each, taken as linear in log T between them.
  const barrier = new Float64Array(levels);
  for (let k = 1; k < levels; k++) barrier[k] = barrier[k - 1]! + Math.max(LEAST_REJECTION, rejection[k - 1]!);
  const equal = Float64Array.from(temperatures);
  for (let k = 1; k < levels - 1; k++) {
    const wanted = (k / (levels - 1)) * barrier[levels - 1]!;
    const above = barrier.findIndex((value) => value > wanted);
    const share = (wanted - barrier[above - 1]!) / (barrier[above]! - barrier[above - 1]!);
    const [low, high] = [temperatures[above - 1]!, temperatures[above]!];
    equal[k] = low * (high / low) ** share;
  }
  return equal;
}
