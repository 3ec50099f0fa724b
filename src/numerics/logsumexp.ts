/**
 * Sums, means and ratios of numbers given by their logarithms.
 * Rule for what is not finite: -Infinity is a zero and adds nothing; NaN anywhere gives NaN; otherwise Infinity anywhere gives Infinity.
 */

/** log of the sum of exp(values); -Infinity if there are none. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) return NaN;
    if (value > largest) largest = value;
  }
  if (Math.abs(largest) === Infinity) return largest; // subtracting it would turn zeros into NaN
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}

/** log(exp(a) + exp(b)). */
export function logAddExp(a: number, b: number): number {
  const largest = Math.max(a, b);
  return Math.abs(largest) === Infinity ? largest : largest + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** log of the mean of exp(values); NaN if there are none. */
export function logMeanExp(values: ArrayLike<number>): number {
  return values.length === 0 ? NaN : logSumExp(values) - Math.log(values.length);
}

/** exp(values), scaled so that the largest is 1: neither over- nor underflow can take them all. All zeros if none is above zero. */
export function expScaled(values: ArrayLike<number>): Float64Array {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]!);
  const scaled = new Float64Array(values.length);
  if (largest === -Infinity) return scaled;
  for (let i = 0; i < scaled.length; i++) scaled[i] = Math.exp(values[i]! - largest);
  return scaled;
}
