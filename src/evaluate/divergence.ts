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

function requireSameAxes(place: string, a: Histogram, b: Histogram): void {
  const describe = ({ axes }: Histogram): string =>
    axes.map(({ low, high, bins }) => `${bins} bins from ${low} to ${high}`).join(" by ");
  if (describe(a) !== describe(b)) {
    throw new RangeError(`${place}: mismatched bins (got ${describe(a)} and ${describe(b)}), expected the same`);
  }
}
