/**
 * Arithmetic on two f64 lanes, each of which belongs to a conformation of its own: no function here lets one lane see the other.
 * The elementary functions are good to about one unit in the last place.
 */

/** Both lanes from the number at `table[index]`. Constants are loaded: V8 builds one that is not with four instructions at each use. */
export function at(table: usize, index: i32): v128 {
  return v128.load_splat<f64>(table + 8 * index);
}

const NUMBERS = memory.data<f64>([0.25, 0.5, 1, 2]);

export function quarter(): v128 {
  return at(NUMBERS, 0);
}

export function half(): v128 {
  return at(NUMBERS, 1);
}

export function one(): v128 {
  return at(NUMBERS, 2);
}

export function two(): v128 {
  return at(NUMBERS, 3);
}

export function zero(): v128 {
  return f64x2.splat(0);
}

export function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

export function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

export function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

export function div(a: v128, b: v128): v128 {
  return f64x2.div(a, b);
}

export function inverse(a: v128): v128 {
  return div(one(), a);
}

export function negative(a: v128): v128 {
  return f64x2.neg(a);
}

export function square(a: v128): v128 {
  return mul(a, a);
}

export function sqrt(a: v128): v128 {
  return f64x2.sqrt(a);
}

export function abs(a: v128): v128 {
  return f64x2.abs(a);
}

/** a where the lane's mask is set, b elsewhere. */
export function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** c[0] + c[1] x + c[2] x^2 with coefficients c at `table`. */
export function quadratic(table: usize, x: v128): v128 {
  return add(at(table, 0), mul(x, add(at(table, 1), mul(x, at(table, 2)))));
}

/** c[0] + c[1] x + c[2] x^2 + c[3] x^3 + c4 x^4. */
export function quartic(table: usize, x: v128, c4: v128): v128 {
  const linear = add(at(table, 2), mul(x, add(at(table, 3), mul(x, c4))));
  return add(at(table, 0), mul(x, add(at(table, 1), mul(x, linear))));
}

/** c[0] + c[1] x + c[2] x^2 + c[3] x^3, given x^2 as well: no long chain of operations that wait for each other. */
export function cubic(table: usize, x: v128, x2: v128): v128 {
  return add(add(at(table, 0), mul(x, at(table, 1))), mul(x2, add(at(table, 2), mul(x, at(table, 3)))));
}

// Cephes, exp2.c (Moshier 1984-2000): 2^r = 1 + 2 r P(r^2) / (Q(r^2) - r P(r^2)) for |r| <= 1/2, where Q has the leading coefficient 1.
const EXP2_P = memory.data<f64>([1.51390680115615096133e3, 2.020206566931653077e1, 2.30933477057345225087e-2]);
const EXP2_Q = memory.data<f64>([4.36821166879210612817e3, 2.33184211722314911771e2]);
const EXP2_RANGE = memory.data<f64>([-1000, 1000]);
const ROUNDING = memory.data<f64>([6755399441055744]);

/** 2^x; what lies outside [-1000, 1000] counts as the end that it is beyond. */
export function exp2(x: v128): v128 {
  const clamped = f64x2.pmin(f64x2.pmax(x, at(EXP2_RANGE, 0)), at(EXP2_RANGE, 1));
  // Adding 1.5 2^52 rounds to the nearest integer n, and leaves it in the last bits.
  const shifted = add(clamped, at(ROUNDING, 0));
  const r = sub(clamped, sub(shifted, at(ROUNDING, 0)));
  const r2 = square(r);
  const p = mul(r, quadratic(EXP2_P, r2));
  const q = add(at(EXP2_Q, 0), mul(r2, add(at(EXP2_Q, 1), r2)));
  const ratio = div(p, sub(q, p));
  return i64x2.add(add(one(), add(ratio, ratio)), i64x2.shl(shifted, 52)); // times 2^n: n is added to the exponent
}

const MINUS_TWO_BY_LN2 = memory.data<f64>([-2.8853900817779268]);

/** tanh(x), to 5e-16 absolute. */
export function tanh(x: v128): v128 {
  const size = abs(x);
  const e = exp2(mul(size, at(MINUS_TWO_BY_LN2, 0)));
  return v128.or(v128.xor(x, size), div(sub(one(), e), add(one(), e)));
}

// fdlibm, e_log.c (Sun Microsystems 1993): x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)], s = f / (2 + f).
const LOG_ODD = memory.data<f64>([
  6.66666666666673513e-1, 2.857142874366239149e-1, 1.818357216161805012e-1, 1.479819860511658591e-1,
]);
const LOG_EVEN = memory.data<f64>([3.999999999940941908e-1, 2.222219843214978396e-1, 1.531383769920937332e-1]);
const LOG_2 = memory.data<f64>([6.9314718036912381649e-1, 1.90821492927058770002e-10, 4503599627371519]);
const BITS = memory.data<i64>([
  0x3ff00000_00000000 - 0x3fe6a09e_00000000,
  0x000fffff_ffffffff,
  0x3fe6a09e_00000000,
  0x43300000_00000000,
]);

/** log(x) for finite x >= 1e-300. */
export function log(x: v128): v128 {
  const raised = i64x2.add(x, at(BITS, 0)); // its exponent is that of x / sqrt(1/2)
  const m = i64x2.add(v128.and(raised, at(BITS, 1)), at(BITS, 2));
  const k = sub(v128.or(i64x2.shr_u(raised, 52), at(BITS, 3)), at(LOG_2, 2)); // an integer in the last bits of 2^52
  const f = sub(m, one());
  const s = div(f, add(f, two()));
  const z = mul(s, s);
  const w = mul(z, z);
  const even = mul(w, quadratic(LOG_EVEN, w));
  const odd = mul(z, cubic(LOG_ODD, w, square(w)));
  const halfSquare = mul(half(), mul(f, f));
  const low = add(mul(s, add(halfSquare, add(odd, even))), mul(k, at(LOG_2, 1)));
  return add(mul(k, at(LOG_2, 0)), sub(f, sub(halfSquare, low)));
}

// fdlibm, s_atan.c (Sun Microsystems 1993), for |r| <= 7/16: r - r (sum of these times r^2, r^4, ...), the odd and the even terms.
const ATAN_ODD = memory.data<f64>([
  3.33333333333329318027e-1, 1.42857142725034663711e-1, 9.09088713343650656196e-2, 6.66107313738753120669e-2,
  4.97687799461593236017e-2, 1.62858201153657823623e-2,
]);
const ATAN_EVEN = memory.data<f64>([
  -1.99999999998764832476e-1, -1.1111110405462355788e-1, -7.69187620504482999495e-2, -5.83357013379057348645e-2,
  -3.6531572744216915527e-2,
]);
const ANGLES = memory.data<f64>([0.7853981633974483, 1.5707963267948966, 3.141592653589793]);
const TAN_PI_8 = memory.data<f64>([0.41421356237309503]);

/** The angle, in [0, pi], of the point (x, y) with y >= 0; 0 for (0, 0). */
export function atan2(y: v128, x: v128): v128 {
  const size = abs(x);
  const steep = f64x2.gt(y, size);
  const long = select(steep, y, size);
  const short = select(steep, size, y);
  // Within pi/8 of the diagonal the angle is measured from there, so that |r| <= tan(pi/8).
  const diagonal = f64x2.gt(short, mul(at(TAN_PI_8, 0), long));
  const numerator = select(diagonal, sub(short, long), short);
  const denominator = select(diagonal, add(short, long), long);
  const r = v128.andnot(div(numerator, denominator), f64x2.eq(long, zero()));
  const z = square(r);
  const w = square(z);
  const w2 = square(w);
  const odd = add(cubic(ATAN_ODD, w, w2), mul(square(w2), add(at(ATAN_ODD, 4), mul(w, at(ATAN_ODD, 5)))));
  const even = add(cubic(ATAN_EVEN, w, w2), mul(square(w2), at(ATAN_EVEN, 4)));
  const arc = sub(r, mul(r, add(mul(z, odd), mul(w, even))));
  const inOctant = add(arc, v128.and(diagonal, at(ANGLES, 0)));
  const inQuadrant = select(steep, sub(at(ANGLES, 1), inOctant), inOctant);
  return select(f64x2.lt(x, zero()), sub(at(ANGLES, 2), inQuadrant), inQuadrant);
}
