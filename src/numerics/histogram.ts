/** Weighted histograms on given ranges, with the bins of `numpy.histogram`: half open, but for the last, which holds its right edge. */

/** Equal bins from `low` to `high`. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

/** Summed weights per bin; `axes` has one entry or two, `weights` is row-major with the first axis slowest. */
export interface Histogram {
  readonly axes: readonly Axis[];
  readonly weights: Float64Array;
  /** How many values were not counted: outside the range, or not a number. */
  readonly dropped: number;
}

/** A histogram of values; each counts 1 unless weights are given. */
export function histogram1d(values: ArrayLike<number>, axis: Axis, weights?: ArrayLike<number>): Histogram {
  requireLengths("histogram1d", values.length, weights);
  const find = binFinder(axis);
  const sums = new Float64Array(axis.bins);
  let dropped = 0;
  for (let i = 0; i < values.length; i++) {
    const bin = find(values[i]!);
    if (bin < 0) dropped++;
    else sums[bin]! += weights === undefined ? 1 : weights[i]!;
  }
  return { axes: [axis], weights: sums, dropped };
}

/** A histogram of the pairs (x[i], y[i]); `weights[i * yAxis.bins + j]` is bin i of x and j of y. */
export function histogram2d(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  axes: readonly [Axis, Axis],
  weights?: ArrayLike<number>,
): Histogram {
  requireLengths("histogram2d", x.length, y);
  requireLengths("histogram2d", x.length, weights);
  const findX = binFinder(axes[0]);
  const findY = binFinder(axes[1]);
  const columns = axes[1].bins;
  const sums = new Float64Array(axes[0].bins * columns);
  let dropped = 0;
  for (let k = 0; k < x.length; k++) {
    const i = findX(x[k]!);
    const j = findY(y[k]!);
    if (i < 0 || j < 0) dropped++;
    else sums[i * columns + j]! += weights === undefined ? 1 : weights[k]!;
  }
  return { axes, weights: sums, dropped };
}

/**
 * The histogram as a probability density: its sum times the bin size is 1.
 * @throws RangeError if there is no weight to normalise.
 */
export function density(histogram: Histogram): Float64Array {
  const total = histogram.weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(
      `density: invalid histogram (got total weight ${total}, ${histogram.dropped} values dropped), expected a positive sum`,
    );
  }
  const scale = 1 / (total * binSize(histogram.axes));
  return histogram.weights.map((weight) => weight * scale);
}

/** Length or area of one bin. */
export function binSize(axes: readonly Axis[]): number {
  return axes.reduce((size, { low, high, bins }) => (size * (high - low)) / bins, 1);
}

/** The bins + 1 edges of an axis. */
export function binEdges({ low, high, bins }: Axis): Float64Array {
  const step = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * step));
}

/** The middle of a bin. */
export const binMiddle = ({ low, high, bins }: Axis, bin: number): number => low + ((bin + 0.5) * (high - low)) / bins;

/** Maps a value to its bin, or to -1. */
export function binFinder(axis: Axis): (value: number) => number {
  const { low, high, bins } = axis;
  if (!(low < high && Number.isFinite(high - low) && Number.isSafeInteger(bins) && bins > 0)) {
    throw new RangeError(
      `histogram: invalid axis (got ${bins} bins from ${low} to ${high}), expected low < high and at least one bin`,
    );
  }
  const edges = binEdges(axis);
  const perUnit = bins / (high - low);
  return (value) => {
    if (!(value >= low && value <= high)) return -1;
    const bin = Math.min(bins - 1, Math.floor((value - low) * perUnit));
    // The division rounds: let the edges decide, so that bins are exactly what `binEdges` says.
    if (value < edges[bin]!) return bin - 1;
    return bin < bins - 1 && value >= edges[bin + 1]! ? bin + 1 : bin;
  };
}

function requireLengths(place: string, length: number, other: ArrayLike<number> | undefined): void {
  if (other !== undefined && other.length !== length) {
    throw new RangeError(`${place}: mismatched lengths (got ${length} and ${other.length}), expected equal ones`);
  }
}
