/** Arithmetic on four f32 lanes, and elementary functions to about one unit in the last place (after Cephes, S. L. Moshier). */

export function num(value: f32): v128 {
  return f32x4.splat(value);
}
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}
export function div(a: v128, b: v128): v128 {
  return f32x4.div(a, b);
}
/** The larger; the operands' order decides about NaN, as in the processor's own instruction, which is all that this compiles to. */
export function max(a: v128, b: v128): v128 {
  return f32x4.pmax(a, b);
}
export function min(a: v128, b: v128): v128 {
  return f32x4.pmin(a, b);
}
/** a b + c */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
/** c - a b */
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return f32x4.sub(c, f32x4.mul(a, b));
}
/** `a` where the mask is set, `b` elsewhere. */
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}
/** `a` where the mask is set, 0 elsewhere. */
export function keep(mask: v128, a: v128): v128 {
  return v128.and(a, mask);
}
/** 0 where the mask is set, `a` elsewhere. */
export function drop(mask: v128, a: v128): v128 {
  return v128.andnot(a, mask);
}

/** e^x for x <= 0, and 0 where that is below 1e-37. The rounding of x / log 2 costs |x| times one unit: nothing of a share e^x. */
export function exp(x: v128): v128 {
  const y = mul(x, num(1.44269504));
  // Adding 1.5 2^23 rounds to an integer n, which then stands in the lowest bits; with 127 more it is the exponent of 2^n.
  const shifter = num(12583039);
  const shifted = add(y, shifter);
  const f = sub(y, sub(shifted, shifter));
  // 2^f for |f| <= 1/2: relative error 2e-9 (a minimax fit)
  let p = madd(f, num(1.5353362e-4), num(1.3398874e-3));
  p = madd(p, f, num(9.618437e-3));
  p = madd(p, f, num(5.5503325e-2));
  p = madd(p, f, num(0.24022648));
  p = madd(p, f, num(0.6931472));
  p = madd(p, f, num(1));
  return keep(f32x4.ge(x, num(-85)), mul(p, i32x4.shl(shifted, 23)));
}

/** Natural logarithm of positive normal numbers. */
export function log(x: v128): v128 {
  // x = 2^e m with m in [sqrt(1/2), sqrt(2))
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const r = sub(m, num(1));
  let p = num(7.0376836292e-2);
  p = madd(p, r, num(-1.151461031e-1));
  p = madd(p, r, num(1.167699874e-1));
  p = madd(p, r, num(-1.2420140846e-1));
  p = madd(p, r, num(1.4249322787e-1));
  p = madd(p, r, num(-1.6668057665e-1));
  p = madd(p, r, num(2.0000714765e-1));
  p = madd(p, r, num(-2.4999993993e-1));
  p = madd(p, r, num(3.3333331174e-1));
  const square = mul(r, r);
  let y = mul(mul(p, r), square);
  y = madd(e, num(-2.1219444e-4), y);
  y = nmadd(num(0.5), square, y);
  return madd(e, num(0.693359375), add(r, y));
}

/** log(1 + z) = 2 artanh(z / (2 + z)) for 0 <= z <= 1, relative to itself (a minimax fit: 5e-9). */
export function log1p(z: v128): v128 {
  const r = div(z, add(num(2), z));
  const q = mul(r, r);
  let p = madd(q, num(0.1401223), num(0.13999571));
  p = madd(p, q, num(0.2001085));
  p = madd(p, q, num(0.33333207));
  const twice = add(r, r);
  return madd(mul(twice, q), p, twice);
}
