/** The Wasserstein-2 distance of distributions on a line, by their quantiles. */
/** Ascending values; without weights each counts the same. */
export interface Quantiles {
  readonly values: Float64Array;
  readonly weights: Float64Array | null;
}

/** Sorts values, and weights with them. @throws RangeError unless values are numbers and the weights positive in sum. */
export function quantiles(values: Float64Array, weights: Float64Array | null = null): Quantiles {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (weights?.[i] ?? 1) + 0 * values[i]!;
  if (!(total > 0 && total < Infinity) || (weights !== null && weights.length !== values.length)) {
    throw new RangeError(
      `quantiles: invalid sample (got ${values.length} values of weight ${total}), expected finite values and a positive weight`,
    );
  }
  if (weights === null) return { values: values.slice().sort(), weights };
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((i, j) => values[i]! - values[j]!);
  const take = (from: Float64Array): Float64Array => {
    const taken = new Float64Array(order.length);
    for (let k = 0; k < taken.length; k++) taken[k] = from[order[k]!]!;
    return taken;
  };
  return { values: take(values), weights: take(weights) };
}

/** (integral over p in [0, 1] of (F^-1(p) - G^-1(p))^2)^(1/2), exact for the two step functions. */
export function wasserstein2(a: Quantiles, b: Quantiles): number {
  const [sumA, sumB] = [sumOf(a), sumOf(b)];
  const shareA = (i: number): number => (a.weights === null ? 1 : a.weights[i]!) / sumA;
  const shareB = (j: number): number => (b.weights === null ? 1 : b.weights[j]!) / sumB;
  let [i, j] = [0, 0];
  let [leftA, leftB] = [shareA(0), shareB(0)]; // of the two steps under way
  let [sum, moved] = [0, 0];
  for (;;) {
    const mass = Math.min(leftA, leftB);
    sum += mass * (a.values[i]! - b.values[j]!) ** 2;
    moved += mass;
    leftA -= mass;
    leftB -= mass;
    // One of them is zero now. Rounding may leave a rest at the end of one list only: it is below 1e-9 of the mass.
    if (leftA <= 0 && i + 1 < a.values.length) leftA = shareA(++i);
    else if (leftB <= 0 && j + 1 < b.values.length) leftB = shareB(++j);
    else if (leftA <= 0 || leftB <= 0) break;
  }
  return Math.sqrt(sum / moved);
}

function sumOf({ values, weights }: Quantiles): number {
  if (weights === null) return values.length;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]!;
  return sum;
}
