/** What correlated samples are worth: split R-hat and effective sample sizes over independent chains (Vehtari et al. 2021, sections 3 and 4). */
import { normalQuantile } from "../numerics/special";

/** Equally long chains, one value per draw. */
export type Chains = readonly Float64Array[];

/** A value of every row of draws that stand run by run, as chains. */
export function chainsOf(runs: number, draws: number, value: (row: number) => number): Float64Array[] {
  return Array.from({ length: runs }, (_, run) =>
    Float64Array.from({ length: draws }, (_, draw) => value(run * draws + draw)),
  );
}

/** Each chain as its two halves, so that a drift within a chain shows as a difference between two. The middle draw of an odd number is left out. */
function halves(place: string, chains: Chains): Float64Array[] {
  const n = chains[0]?.length ?? 0;
  if (n < 4 || chains.some((chain) => chain.length !== n)) {
    throw new RangeError(
      `${place}: invalid chains (got ${chains.map((chain) => chain.length).join(", ") || "none"} draws), expected equally many, at least 4`,
    );
  }
  return chains.flatMap((chain) => [chain.slice(0, Math.floor(n / 2)), chain.slice(Math.ceil(n / 2))]);
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

const variance = (values: ArrayLike<number>): number => {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum / (values.length - 1);
};

/** Every value replaced by the normal quantile of its rank among all chains; ties share their mean rank. */
function rankNormalise(chains: Chains): Float64Array[] {
  const all = chains.flatMap((chain) => Array.from(chain));
  const order = Uint32Array.from(all.keys()).sort((a, b) => all[a]! - all[b]!);
  const z = new Float64Array(all.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && all[order[to]!] === all[order[from]!]) to++;
    const rank = (from + to + 1) / 2; // counted from 1
    for (let i = from; i < to; i++) z[order[i]!] = normalQuantile((rank - 3 / 8) / (all.length + 1 / 4));
    from = to;
  }
  const n = chains[0]!.length;
  return chains.map((_, k) => z.slice(k * n, (k + 1) * n));
}

/** R-hat of ranks: sqrt of the variance of all draws over that within chains. NaN if nothing varies. */
function rankRhat(chains: Chains): number {
  const first = chains[0]![0];
  if (chains.every((chain) => chain.every((value) => value === first))) return NaN;
  const n = chains[0]!.length;
  const z = rankNormalise(chains);
  const within = mean(z.map(variance));
  const between = n * variance(z.map(mean));
  return Math.sqrt((between / within + n - 1) / n);
}

/**
 * Split R-hat of ranks: the larger of that of the values and that of their distances from the median. 1 where chains agree; above 1.01
 * they have not run long enough. NaN if nothing varies.
 */
export function splitRhat(chains: Chains): number {
  const split = halves("splitRhat", chains);
  const sorted = split.flatMap((chain) => Array.from(chain)).sort((a, b) => a - b);
  const middle = sorted.length / 2; // the halves are even in number, and so are their draws
  const median = (sorted[middle - 1]! + sorted[middle]!) / 2;
  const folded = split.map((chain) => chain.map((value) => Math.abs(value - median)));
  const bulk = rankRhat(split);
  const tail = rankRhat(folded);
  return Number.isNaN(tail) ? bulk : Math.max(bulk, tail); // two values equally far from their median do not vary when folded
}

/** How many independent draws would estimate the mean as well as all draws of all chains; NaN if nothing varies. */
export function effectiveSampleSize(chains: Chains): number {
  const split = halves("effectiveSampleSize", chains);
  const [m, n] = [split.length, split[0]!.length];
  const centred = split.map((chain) => {
    const centre = mean(chain);
    return chain.map((value) => value - centre);
  });
  const autocovariance = (lag: number): number => {
    let sum = 0;
    for (const chain of centred) for (let i = lag; i < n; i++) sum += chain[i]! * chain[i - lag]!;
    return sum / (m * n);
  };
  const within = (autocovariance(0) * n) / (n - 1);
  const total = (within * (n - 1)) / n + variance(split.map(mean));
  if (!(total > 0)) return NaN;
  const correlation = (lag: number): number => 1 - (within - autocovariance(lag)) / total;
  // Geyer's initial monotone sequence: sums of neighbouring correlations fall and are positive for a reversible chain; what follows is noise.
  let [even, odd] = [1, correlation(1)];
  let least = Infinity;
  let time = -1;
  for (let lag = 2; lag < n - 2 && even + odd > 0; lag += 2) {
    least = Math.min(least, even + odd);
    time += 2 * least;
    [even, odd] = [correlation(lag), correlation(lag + 1)];
  }
  if (even > 0) time += even; // of the pair that ended the sequence the first, as Vehtari et al. do
  return (m * n) / Math.max(time, 1 / Math.log10(m * n));
}
