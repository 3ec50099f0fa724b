/**
 * What an atom's Born integral loses to one other atom, for two conformations at once: the integral of src/physics/born-radii.ts,
 * where its cases are explained.
 */
import { abs, add, at, div, half, inverse, log, mul, one, quarter, quartic, select, square, sub } from "./lanes";
import { Atom } from "./molecule";

// For two spheres apart with w = (s/r)^2 <= 0.2 the loss is s^3 / (2 r^4) (2/3 + 4/5 w + 6/7 w^2 + ...). This ratio of polynomials
// interpolates the sum at 9 Chebyshev nodes, to 4e-16 relative: no logarithm, and no cancellation as in the closed form.
const NUMERATOR = memory.data<f64>([
  0.6666666666666666, -0.8508641699566416, 0.28507984227460914, -0.017912644700077675, -0.00037414123839063675,
]);
const DENOMINATOR = memory.data<f64>([
  1, -2.4762962549349825, 2.113460983622213, -0.712546010228433, 0.07527900087734442,
]);
const MINUS_HALF = memory.data<f64>([-0.5]);

// Masks of lanes.
const NONE: i32 = 0;
const ALL: i32 = 3;

/**
 * The loss of `atom` to the sphere of `other` at distance r = 1 / q; its derivative with respect to r^2 is stored at `slope`.
 * `apart` marks the lanes for the ratio of polynomials. A lane's result does not depend on what the other lane needs.
 */
export function descreen(atom: Atom, other: Atom, r: v128, q: v128, apart: v128, engulfing: bool, slope: usize): v128 {
  const lanes = i64x2.bitmask(apart);
  if (lanes == NONE) return descreenClose(atom, other, r, q, engulfing, slope);
  const loss = descreenApart(other, square(q), slope);
  if (lanes == ALL) return loss;
  const derivative = v128.load(slope);
  const close = descreenClose(atom, other, r, q, engulfing, slope);
  v128.store(slope, select(apart, derivative, v128.load(slope)));
  return select(apart, loss, close);
}

function descreenApart(other: Atom, q2: v128, slope: usize): v128 {
  const w = mul(other.scaledSquare, q2);
  const sum = div(quartic(NUMERATOR, w), quartic(DENOMINATOR, w));
  const scale = mul(other.halfScaledCube, square(q2));
  // the derivative of the loss with respect to r is -s^3 / r^5 (sum / 2 + 1 / (1 - w)^2)
  const derivative = sub(mul(at(MINUS_HALF, 0), sum), square(inverse(sub(one(), w))));
  v128.store(slope, mul(mul(scale, q2), derivative));
  return mul(scale, sum);
}

function descreenClose(atom: Atom, other: Atom, r: v128, q: v128, engulfing: bool, slope: usize): v128 {
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
  v128.store(slope, v128.andnot(mul(mul(half(), q), derivative), inside));
  return v128.andnot(loss, inside);
}
