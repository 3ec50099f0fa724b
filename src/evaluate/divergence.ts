/** Two distances between densities on the same bins (paper, appendix on metrics: KLD and TV). */
import { binSize, density, type Histogram } from "../numerics/histogram";

// Keeps the logarithm finite where a histogram is empty; the paper's value.
const EPSILON = 1e-10;

/** KL(truth || other), as densities with 1e-10 added to both inside the logarithm. */
export function kullbackLeibler(truth: Histogram, other: Histogram): number {
  requireSameAxes("kullbackLeibler", truth, other);
  const p = density(truth);
  const q = density(other);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += p[i]! * Math.log((p[i]! + EPSILON) / (q[i]! + EPSILON));
  return sum * binSize(truth.axes);
}

/** Total variation distance: half the L1 distance of the shares per bin, from 0 to 1. */
export function totalVariation(a: Histogram, b: Histogram): number {
  requireSameAxes("totalVariation", a, b);
  const p = density(a);
  const q = density(b);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i]! - q[i]!);
  return 0.5 * binSize(a.axes) * sum;
}

/**
 * The total variation that so many independent samples of a histogram's own density are from it, on average: what is left of a distance when nothing is wrong.
 * Exact, by de Moivre's mean deviation of a binomial number.
 */
export function samplingTv({ weights }: Histogram, samples: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight) => sum + meanDeviation(samples, weight / total), 0) / (2 * samples);
}

/** Mean of |k - n p|, k of n with probability p each: 2 m C(n, m) p^m (1 - p)^(n - m + 1), with m the next whole number above n p. */
function meanDeviation(n: number, p: number): number {
  if (p === 0 || p >= 1) return 0;
  const m = Math.floor(n * p) + 1;
  let logarithm = m * Math.log(p) + (n - m + 1) * Math.log1p(-p);
  for (let i = 1; i <= m; i++) logarithm += Math.log((n - m + i) / i);
  return 2 * m * Math.exp(logarithm);
}

function requireSameAxes(place: string, a: Histogram, b: Histogram): void {
  const describe = ({ axes }: Histogram): string =>
    axes.map(({ low, high, bins }) => `${bins} bins from ${low} to ${high}`).join(" by ");
  if (describe(a) !== describe(b)) {
    throw new RangeError(`${place}: mismatched bins (got ${describe(a)} and ${describe(b)}), expected the same`);
  }
}
