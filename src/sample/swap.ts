/** Swaps of neighbouring temperatures, alternately the even and the odd pairs (Okabe et al. 2001), and the round trips that come of them. */
import type { Rng } from "../numerics/random";

/** Which walker of one run is at which temperature; plain data. */
export interface Places {
  /** Walker at each level, coldest first. */
  readonly walkerAt: readonly number[];
  /** Which end each walker saw last: 0 the cold one, 1 the hot one after the cold one, -1 neither yet. */
  readonly last: readonly number[];
  /** How often each walker went from the cold end to the hot one and back. */
  readonly trips: readonly number[];
}

export interface SwapInfo {
  /** Probability of each neighbouring pair's swap, NaN for pairs that had no turn. */
  readonly probability: Float64Array;
}

/** Sums of swap probabilities and numbers of turns of each pair, [2, levels - 1]. */
export type SwapSums = Float64Array;

export const initSwapSums = (levels: number): SwapSums => new Float64Array(2 * (levels - 1));

/** The sums with one more round in them; pairs that had no turn are as they were. */
export function addSwaps(sums: SwapSums, probability: Float64Array): SwapSums {
  const pairs = probability.length;
  return sums.map((sum, k) => {
    const value = probability[k % pairs]!;
    if (Number.isNaN(value)) return sum;
    return k < pairs ? sum + value : sum + 1;
  });
}

/** Mean probability of each pair's swap; NaN for one that never had a turn. */
export function swapRates(sums: SwapSums): number[] {
  const pairs = sums.length / 2;
  return Array.from({ length: pairs }, (_, pair) => sums[pair]! / sums[pairs + pair]!);
}

/** Walker k starts at level k. */
export function initPlaces(levels: number): Places {
  const range = Array.from({ length: levels }, (_, k) => k);
  return countTrips({ walkerAt: range, last: range.map(() => -1), trips: range.map(() => 0) });
}

/**
 * One round of swaps.
 * @param logWeight log density (kT) of walker w at level l; terms that no level changes may be left out.
 * @param parity 0: pairs (0, 1), (2, 3), ...; 1: pairs (1, 2), ...
 */
export function stepSwap(
  places: Places,
  logWeight: (walker: number, level: number) => number,
  parity: number,
  rng: Rng,
): [Places, SwapInfo] {
  const walkerAt = [...places.walkerAt];
  const probability = new Float64Array(Math.max(0, walkerAt.length - 1)).fill(NaN);
  for (let level = parity; level + 1 < walkerAt.length; level += 2) {
    const [a, b] = [walkerAt[level]!, walkerAt[level + 1]!];
    const gain = logWeight(a, level + 1) + logWeight(b, level) - logWeight(a, level) - logWeight(b, level + 1);
    probability[level] = Math.min(1, Math.exp(gain));
    if (rng.uniform() < probability[level]!) [walkerAt[level], walkerAt[level + 1]] = [b, a];
  }
  return [countTrips({ ...places, walkerAt }), { probability }];
}

function countTrips({ walkerAt, last, trips }: Places): Places {
  const [cold, hot] = [walkerAt[0]!, walkerAt.at(-1)!];
  const isHome = last[cold] === 1;
  return {
    walkerAt,
    last: last.map((end, walker) => (walker === cold ? 0 : walker === hot && end === 0 ? 1 : end)),
    trips: isHome ? trips.map((count, walker) => (walker === cold ? count + 1 : count)) : trips,
  };
}
