/**
 * An average of the parameters over the iterations of a stage, as of Polyak and of Adam's moments (Kingma & Ba 2015, section 7.2): single iterations walk about what they
 * approach, by the noise of their batches, and the average does not. Training itself goes on from the last ones.
 */

/**
 * (1 - d) sum_i d^(n-i) p_i / (1 - d^n) over the parameters p_1 ... p_n, given that of the first n - 1, which is moved in place; of the first, null, a copy.
 * @param decay d, in [0, 1): what is 1 / (1 - d) iterations ago counts a third of the last.
 * @param n how many there are, the new ones included.
 * @throws RangeError for another decay.
 */
export function moveAverage(
  average: Float32Array | null,
  parameters: Float32Array,
  decay: number,
  n: number,
): Float32Array {
  if (!(decay >= 0 && decay < 1)) {
    throw new RangeError(
      `average: invalid averageDecay (got ${decay}), expected a number from 0 to below 1, such as 0.98, or null for none`,
    );
  }
  if (average === null) return parameters.slice();
  const share = (1 - decay) / (1 - decay ** n);
  for (let i = 0; i < average.length; i++) average[i]! += share * (parameters[i]! - average[i]!);
  return average;
}
