/** Module `optimiser`: sums of gradients and Adam on flat vectors in memory that threads share; n is a multiple of 4. */
import { add, div, madd, mul, num } from "../vector";

export function heapBase(): usize {
  return __heap_base;
}

/** to += from */
export function accumulate(to: usize, from: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>(4 * n); i += 16) {
    v128.store(to + i, add(v128.load(to + i), v128.load(from + i)));
  }
}

/** The sum of squares, in double precision. */
export function squaredNorm(vector: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i: usize = 0; i < <usize>(4 * n); i += 16) {
    const values = v128.load(vector + i);
    const first = f64x2.promote_low_f32x4(values);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** One update in place: src/engine/adam.ts says what the numbers are; rest1 is 1 - beta1, which single precision would not give back. */
export function adam(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  n: i32,
  scale: f32,
  weightDecay: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  epsilon: f32,
): void {
  for (let i: usize = 0; i < <usize>(4 * n); i += 16) {
    const p = v128.load(parameters + i);
    const g = madd(num(weightDecay), p, mul(num(scale), v128.load(gradient + i)));
    const m = madd(num(beta1), v128.load(first + i), mul(num(rest1), g));
    const v = madd(num(beta2), v128.load(second + i), mul(mul(num(rest2), g), g));
    v128.store(first + i, m);
    v128.store(second + i, v);
    const step = div(mul(num(rate), m), add(f32x4.sqrt(v), num(epsilon)));
    v128.store(parameters + i, f32x4.sub(p, step));
  }
}
