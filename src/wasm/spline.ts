/**
 * Where a point lies in its spline: everything that the value and the gradient of a monotone rational-quadratic spline share
 * (Durkan et al. 2019, eqs. 4-8), for four samples of one degree of freedom at a time. The plain form is src/flow/spline.ts.
 */
import { add, div, drop, exp, keep, log1p, madd, max, min, mul, nmadd, num, select, sub } from "./vector";

/** Smallest bin width and height, as a share of the interval, and smallest slope: as in src/flow/spline.ts. */
export const MIN_BIN: f32 = 1e-3;
const MIN_SLOPE: f32 = 1e-3;

// One located point per lane. Globals, for AssemblyScript has no values of several parts; a module serves one thread.
/** The number of the bin. */
export let k: v128 = num(0);
/** The bin's lower corner, and what is left of the interval beyond its upper corner. */
export let x0: v128 = num(0);
export let y0: v128 = num(0);
export let beyondX: v128 = num(0);
export let beyondY: v128 = num(0);
export let width: v128 = num(0);
export let height: v128 = num(0);
/** Slopes at the bin's ends, their logits r, and e^-|r|. */
export let d0: v128 = num(0);
export let d1: v128 = num(0);
export let raw0: v128 = num(0);
export let raw1: v128 = num(0);
export let tail0: v128 = num(0);
export let tail1: v128 = num(0);
/** Mean slope s of the bin, and d0 + d1 - 2 s. */
export let s: v128 = num(0);
export let e: v128 = num(0);
/** Position within the bin, from its lower and from its upper end. */
export let t: v128 = num(0);
export let u: v128 = num(0);
/** Set where positions count from the upper end of the interval. */
export let fromAbove: v128 = num(0);

/** Turns the logits of four splines' bins into sizes, each less MIN_BIN; bins lie `stride` bytes apart. */
export function normalise(logits: usize, stride: usize, bins: i32): void {
  const end = logits + bins * stride;
  let largest = v128.load(logits);
  for (let bin = logits + stride; bin < end; bin += stride) largest = max(largest, v128.load(bin));
  let total = num(0);
  for (let bin = logits; bin < end; bin += stride) {
    const value = exp(sub(v128.load(bin), largest));
    v128.store(bin, value);
    total = add(total, value);
  }
  const scale = div(num(1 - MIN_BIN * <f32>bins), total);
  for (let bin = logits; bin < end; bin += stride) v128.store(bin, mul(v128.load(bin), scale));
}

/** One value per lane, at the lane's own offset (bytes) behind `from`. */
function gather(from: usize, offsets: v128): v128 {
  let values = v128.load32_zero(from + i32x4.extract_lane(offsets, 0));
  values = v128.load32_lane(from + i32x4.extract_lane(offsets, 1) + 4, values, 1);
  values = v128.load32_lane(from + i32x4.extract_lane(offsets, 2) + 8, values, 2);
  return v128.load32_lane(from + i32x4.extract_lane(offsets, 3) + 12, values, 3);
}

/**
 * Locates the four points at `point` (of x, or of y where `inverse`).
 * @param widths, heights addresses of the first bin's four normalised values; the next bin's are `stride` bytes on
 * @param slopes address of the first knot's four logits, likewise
 * @param isCircular whether the last knot's slope is the first's, and has no row of its own
 */
export function locate(
  point: usize,
  widths: usize,
  heights: usize,
  slopes: usize,
  stride: usize,
  bins: i32,
  isCircular: bool,
  inverse: bool,
): void {
  const at = v128.load(point);
  const least = num(MIN_BIN);
  let left = add(v128.load(widths), least);
  let bottom = add(v128.load(heights), least);
  let lastX = num(0);
  let lastY = num(0);
  let right = num(0);
  let top = num(0);
  let bin = i32x4.splat(0);
  for (let b = 1; b < bins; b++) {
    const w = add(v128.load(widths + b * stride), least);
    const h = add(v128.load(heights + b * stride), least);
    const reached = f32x4.ge(at, inverse ? bottom : left);
    // Knots grow: the last one reached is the largest.
    lastX = max(lastX, keep(reached, left));
    lastY = max(lastY, keep(reached, bottom));
    right = add(right, drop(reached, w));
    top = add(top, drop(reached, h));
    bin = i32x4.sub(bin, reached); // a set mask is the integer -1
    left = add(left, w);
    bottom = add(bottom, h);
  }
  k = f32x4.convert_i32x4_s(bin);
  x0 = lastX;
  y0 = lastY;
  beyondX = right;
  beyondY = top;
  const rows = i32x4.mul(bin, i32x4.splat(<i32>stride));
  width = add(gather(widths, rows), least);
  height = add(gather(heights, rows), least);
  raw0 = gather(slopes, rows);
  const next = i32x4.add(rows, i32x4.splat(<i32>stride));
  const isLast = i32x4.eq(next, i32x4.splat(isCircular ? bins * <i32>stride : 0)); // no row is at 0
  raw1 = gather(slopes, drop(isLast, next));
  tail0 = exp(sub(num(0), f32x4.abs(raw0)));
  tail1 = exp(sub(num(0), f32x4.abs(raw1)));
  d0 = add(num(MIN_SLOPE), add(max(raw0, num(0)), log1p(tail0)));
  d1 = add(num(MIN_SLOPE), add(max(raw1, num(0)), log1p(tail1)));
  s = div(height, width);
  e = sub(add(d0, d1), add(s, s));
  // From the nearer end of the interval: knots there have the smaller rounding error, and bins are down to a thousandth wide.
  fromAbove = f32x4.gt(inverse ? lastY : lastX, num(0.5));
  const start = inverse ? select(fromAbove, top, lastY) : select(fromAbove, right, lastX);
  const distance = sub(select(fromAbove, sub(num(1), at), at), start);
  const part = inverse ? solve(distance, select(fromAbove, d1, d0)) : div(distance, width);
  const rest = sub(num(1), part);
  t = select(fromAbove, rest, part);
  u = select(fromAbove, part, rest);
}

/** Position within the bin from the height above its nearer knot, of slope `slope`: the stable root of the quadratic (eqs. 6-8). */
function solve(dy: v128, slope: v128): v128 {
  const a = madd(height, sub(s, slope), mul(dy, e));
  const b = nmadd(dy, e, mul(height, slope));
  const c = mul(s, dy);
  // Rounding can make the discriminant of a point on a knot slightly negative.
  const root = f32x4.sqrt(max(madd(mul(num(4), a), c, mul(b, b)), num(0)));
  return min(max(div(add(c, c), add(b, root)), num(0)), num(1));
}
