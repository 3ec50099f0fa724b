/** The quantile of the finite values that is nearest below or above; NaN if there are none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
