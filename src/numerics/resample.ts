/** Drawing indices in proportion to weights given by their logarithms: how a rung fills its buffer (paper, section on annealing). */
import type { Rng } from "./random";

/**
 * `count` draws at equal spacings of the cumulative weight from one random offset, in ascending order; O(n + count).
 * Index i comes floor or ceil of count * w_i times: the least possible noise.
 */
export function resampleSystematic(logWeights: ArrayLike<number>, count: number, rng: Rng): Uint32Array {
  const cumulative = cumulativeWeights(logWeights, count);
  const total = cumulative[cumulative.length - 1]!;
  const offset = rng.uniform();
  const indices = new Uint32Array(count);
  let index = firstAbove(cumulative, (offset / count) * total);
  for (let k = 0; k < count; k++) {
    const target = ((k + offset) / count) * total;
    while (cumulative[index]! <= target && cumulative[index]! < total) index++;
    indices[k] = index;
  }
  return indices;
}

/**
 * `count` different indices, chosen one after another in proportion to the weights of those that are left: the largest of log weight plus Gumbel
 * noise (Efraimidis & Spirakis 2006); O(n log n). Their order is random, so that each part of them is as good as any other.
 * @throws RangeError if fewer weights are above zero.
 */
export function drawWithoutReplacement(logWeights: ArrayLike<number>, count: number, rng: Rng): Uint32Array {
  const keys = new Float64Array(logWeights.length);
  for (let i = 0; i < keys.length; i++) keys[i] = logWeights[i]! - Math.log(-Math.log(1 - rng.uniform()));
  const able = Uint32Array.from(keys.keys()).filter((i) => keys[i]! > -Infinity);
  if (!(count <= able.length)) {
    throw new RangeError(
      `drawWithoutReplacement: invalid count (got ${count} of ${able.length} weights above zero), expected at most as many`,
    );
  }
  const chosen = able.sort((i, j) => keys[j]! - keys[i]!).slice(0, count);
  for (let last = count - 1; last > 0; last--) {
    const other = rng.integer(last + 1);
    [chosen[last], chosen[other]] = [chosen[other]!, chosen[last]!];
  }
  return chosen;
}

/** Running sums of exp(logWeights - max): the largest weight is 1, so the sum neither over- nor underflows. */
function cumulativeWeights(logWeights: ArrayLike<number>, count: number): Float64Array {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`resampleSystematic: invalid count (got ${count}), expected a non-negative integer`);
  }
  let largest = -Infinity;
  for (let i = 0; i < logWeights.length; i++) {
    const value = logWeights[i]!;
    if (!(value < Infinity)) {
      throw new RangeError(
        `resampleSystematic: invalid log weight ${i} (got ${value}), expected a number below Infinity; give invalid samples -Infinity`,
      );
    }
    if (value > largest) largest = value;
  }
  if (largest === -Infinity) {
    throw new RangeError(
      `resampleSystematic: missing weights (got ${logWeights.length} samples, none above zero), expected at least one positive weight`,
    );
  }
  const cumulative = new Float64Array(logWeights.length);
  let sum = 0;
  for (let i = 0; i < logWeights.length; i++) cumulative[i] = sum += Math.exp(logWeights[i]! - largest);
  return cumulative;
}

/** The first index whose running sum exceeds the target, so a zero weight is never drawn; the first that reaches the total at the end. */
function firstAbove(cumulative: Float64Array, target: number): number {
  const total = cumulative[cumulative.length - 1]!;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const sum = cumulative[middle]!;
    if (sum > target || sum === total) high = middle;
    else low = middle + 1;
  }
  return low;
}
