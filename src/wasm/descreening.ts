/**
 * What an atom's Born integral loses to one other atom, for two conformations at once: the integral of src/physics/born-radii.ts,
 * where its cases are explained.
 */
import { abs, add, at, div, half, inverse, log, mul, one, quarter, quartic, select, square, sub } from "./lanes";
import { Atom, Pair } from "./molecule";

// For two spheres apart with w = (s/r)^2 <= 0.2 the loss is s^3 / (2 r^4) (2/3 + 4/5 w + 6/7 w^2 + ...). This ratio of polynomials
// interpolates the sum at 9 Chebyshev nodes, to 4e-16 relative: no logarithm, and no cancellation as in the closed form.
const NUMERATOR = memory.data<f64>([
  8.855944671116156, -11.302809017656786, 3.7869769650516885, -0.23795008556587488, -0.004970061159555538,
]);
const DENOMINATOR = memory.data<f64>([13.283917006674233, -32.894913934494525, 28.07504030328157, -9.465402063311352]);
const MINUS_HALF = memory.data<f64>([-0.5]);

// Masks of lanes.
const NONE: i32 = 0;
const ALL: i32 = 3;

/**
 * Adds to I of both atoms of a pair at distance r = 1 / q what each loses to the sphere of the other, and stores the derivatives with
 * respect to r^2. `apart` marks the lanes for the ratio of polynomials; a lane's bits do not depend on what the other lane needs.
 */
export function descreen(a: Atom, pair: Pair, r: v128, q: v128, apart: v128, engulfing: bool): void {
  const lanes = i64x2.bitmask(apart);
  if (lanes != NONE) descreenApart(a, pair, square(q), apart);
  if (lanes != ALL) {
    const b = pair.other;
    descreenClose(a, b, r, q, apart, engulfing, slotOf(pair, offsetof<Pair>("byFirst")));
    descreenClose(b, a, r, q, apart, engulfing, slotOf(pair, offsetof<Pair>("bySecond")));
  }
}

function slotOf(pair: Pair, field: usize): usize {
  return changetype<usize>(pair) + field;
}

function descreenApart(a: Atom, pair: Pair, q2: v128, apart: v128): void {
  const b = pair.other;
  const q4 = square(q2);
  // both numerators, then both denominators: so each coefficient is loaded once for the two
  const wa = mul(b.scaledSquare, q2);
  const wb = mul(a.scaledSquare, q2);
  const na = quartic(NUMERATOR, wa, at(NUMERATOR, 4));
  const nb = quartic(NUMERATOR, wb, at(NUMERATOR, 4));
  const sa = div(na, quartic(DENOMINATOR, wa, one()));
  const sb = div(nb, quartic(DENOMINATOR, wb, one()));
  const scaleA = mul(b.halfScaledCube, q4);
  const scaleB = mul(a.halfScaledCube, q4);
  // the derivative of the loss with respect to r is -s^3 / r^5 (sum / 2 + 1 / (1 - w)^2)
  const slopeA = sub(mul(at(MINUS_HALF, 0), sa), square(inverse(sub(one(), wa))));
  const slopeB = sub(mul(at(MINUS_HALF, 0), sb), square(inverse(sub(one(), wb))));
  a.integral = add(a.integral, v128.and(apart, mul(scaleA, sa)));
  b.integral = add(b.integral, v128.and(apart, mul(scaleB, sb)));
  pair.byFirst = mul(mul(scaleA, q2), slopeA);
  pair.bySecond = mul(mul(scaleB, q2), slopeB);
}

function descreenClose(atom: Atom, other: Atom, r: v128, q: v128, apart: v128, engulfing: bool, slope: usize): void {
  const rho = atom.inner;
  const s = other.scaled;
  const upper = add(r, s);
  const lower = f64x2.pmax(rho, abs(sub(r, s)));
  const both = inverse(mul(lower, upper));
  const invLower = mul(upper, both);
  const invUpper = mul(lower, both);
  const inverses = mul(mul(half(), quarter()), sub(square(invUpper), square(invLower)));
  const logarithm = mul(mul(quarter(), q), log(mul(lower, invUpper)));
  const ratio = mul(other.scaledSquare, square(q));
  let loss = add(mul(mul(r, sub(one(), ratio)), inverses), add(mul(half(), sub(invLower, invUpper)), logarithm));
  let derivative = sub(mul(add(one(), ratio), inverses), mul(q, logarithm)); // d/dr
  const engulfed = f64x2.gt(sub(s, r), rho);
  if (engulfing) loss = add(loss, v128.and(engulfed, sub(inverse(rho), invLower)));
  else derivative = add(derivative, v128.and(engulfed, square(invLower)));
  const inside = f64x2.lt(upper, rho); // the sphere lies wholly inside the atom
  atom.integral = add(atom.integral, v128.andnot(loss, v128.or(inside, apart)));
  const bySquare = v128.andnot(mul(mul(half(), q), derivative), inside);
  v128.store(slope, select(apart, v128.load(slope), bySquare));
}
