/** Where points lie in their splines: what the plain forms of the spline and of its gradient share (Durkan et al. 2019, eqs. 4-8). */
import * as tf from "@tensorflow/tfjs";
import { MIN_BIN, MIN_SLOPE } from "./spline-kernels";
import { takeRow } from "./take-row";

type T2 = tf.Tensor2D;

/** Unnormalised parameters; bin or knot b of degree of freedom i in row b n + i. */
export interface SplineParameters {
  /** [bins n, batch] logits of the widths. */
  readonly widths: T2;
  /** [bins n, batch] logits of the heights. */
  readonly heights: T2;
  /** [(bins + 1) n - circular, batch]: slope = MIN_SLOPE + softplus(value); the last knot of a circular spline is its first. */
  readonly slopes: T2;
}

/** Sizes of bins, each less MIN_BIN. */
export interface Sizes {
  readonly widths: T2;
  readonly heights: T2;
}

/** One column per degree of freedom and sample, one row per bin or knot. */
export const columns = (t: T2, n: number): T2 => tf.reshape(t, [t.shape[0] / n, n * t.shape[1]]);

/** The sums over the bins before and behind each bin. */
function cumulate(size: T2) {
  const bins = size.shape[0];
  const sums = (counts: (bin: number, other: number) => boolean): T2 => {
    const matrix = Array.from({ length: bins }, (_, r) => Array.from({ length: bins }, (_, j) => Number(counts(r, j))));
    const least = matrix.map((row) => [MIN_BIN * row.reduce((sum, v) => sum + v, 0)]);
    return tf.add(tf.matMul(tf.tensor2d(matrix), size), tf.tensor2d(least)) as T2;
  };
  return { before: sums((r, j) => j < r), behind: sums((r, j) => j > r) };
}

/** Everything that value and gradient share, at one point per column. */
export function locate(input: T2, { widths, heights }: Sizes, slopes: T2, inverse: boolean) {
  const w = cumulate(widths);
  const h = cumulate(heights);
  const searched = inverse ? h : w;
  const reached = tf.cast(tf.greaterEqual(tf.relu(input), searched.before), "float32");
  const k = tf.sub(tf.sum(reached, 0, true), 1) as T2;
  const x0 = takeRow(w.before, k);
  const y0 = takeRow(h.before, k);
  const beyondX = takeRow(w.behind, k);
  const beyondY = takeRow(h.behind, k);
  const width = tf.add(takeRow(widths, k), MIN_BIN) as T2;
  const height = tf.add(takeRow(heights, k), MIN_BIN) as T2;
  const raw0 = takeRow(slopes, k);
  const raw1 = takeRow(slopes, tf.add(k, 1) as T2);
  const d0 = tf.add(tf.softplus(raw0), MIN_SLOPE) as T2;
  const d1 = tf.add(tf.softplus(raw1), MIN_SLOPE) as T2;
  const s = tf.div(height, width) as T2;
  const e = tf.sub(tf.add(d0, d1), tf.add(s, s)) as T2;
  // From the nearer end of the interval: knots there have the smaller rounding error, and bins are down to a thousandth wide.
  const fromAbove = tf.greater(inverse ? y0 : x0, 0.5);
  const start = inverse ? tf.where(fromAbove, beyondY, y0) : tf.where(fromAbove, beyondX, x0);
  const distance = tf.sub(tf.where(fromAbove, tf.sub(1, input), input), start) as T2;
  const part = inverse ? solve(distance, tf.where(fromAbove, d1, d0), { height, s, e }) : tf.div(distance, width);
  const rest = tf.sub(1, part);
  const t = tf.where(fromAbove, rest, part) as T2;
  const u = tf.where(fromAbove, part, rest) as T2;
  const tu = tf.mul(t, u) as T2;
  const denominator = tf.add(s, tf.mul(e, tu)) as T2;
  const v = tf.add(tf.add(tf.mul(d1, tf.square(t)), tf.mul(tf.add(s, s), tu)), tf.mul(d0, tf.square(u))) as T2;
  const slope = tf.mul(v, tf.square(tf.div(s, denominator))) as T2;
  const bin = { k, x0, y0, beyondX, beyondY, width, height, fromAbove };
  return { ...bin, raw0, raw1, d0, d1, s, e, t, u, tu, denominator, v, slope };
}

/** Position within the bin from the height above its nearer knot, of slope `d`: the stable root of the quadratic (eqs. 6-8). */
function solve(dy: T2, d: tf.Tensor, { height, s, e }: { readonly height: T2; readonly s: T2; readonly e: T2 }): T2 {
  const a = tf.add(tf.mul(height, tf.sub(s, d)), tf.mul(dy, e));
  const b = tf.sub(tf.mul(height, d), tf.mul(dy, e));
  const c = tf.mul(s, dy);
  // Rounding can make the discriminant of a point on a knot slightly negative.
  const root = tf.sqrt(tf.relu(tf.add(tf.square(b), tf.mul(tf.mul(4, a), c))));
  return tf.clipByValue(tf.div(tf.add(c, c), tf.add(b, root)), 0, 1) as T2;
}

export type Located = ReturnType<typeof locate>;

/** Slopes of all knots, those of circular splines' last knots repeated from their first. */
export function close(slopes: T2, n: number, circular: number): T2 {
  const first = tf.slice(slopes, [n - circular, 0], [circular, -1]);
  return circular ? (tf.concat([slopes, first], 0) as T2) : slopes;
}
