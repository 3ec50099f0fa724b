/**
 * Natural logarithm and exponential from tables and short Taylor series (as in Tang, ACM Trans. Math. Softw. 15, 144 (1989)), for
 * the pair loops of the generalized Born model: with the library's calls a whole evaluation takes a fifth longer. Outside the ranges
 * they are made for they hand over to `Math`.
 */

const LOG_CELLS = 256;
const EXP_CELLS = 32; // per unit of x
const EXP_RANGE = 32;

const center = (cell: number, cells: number): number => (cell + 0.5) / cells;
const logInverse = Float64Array.from({ length: LOG_CELLS + 1 }, (_, cell) => 1 / center(cell, LOG_CELLS));
const logCenter = Float64Array.from({ length: LOG_CELLS + 1 }, (_, cell) => Math.log(center(cell, LOG_CELLS)));
const expCenter = Float64Array.from({ length: EXP_CELLS * EXP_RANGE }, (_, cell) => Math.exp(-center(cell, EXP_CELLS)));

/** log(x), to 5e-16 absolute; fast for 1/4 < x <= 1. */
export function logOfFraction(x: number): number {
  if (!(x > 0.25 && x <= 1)) return Math.log(x);
  const cell = (x * LOG_CELLS) | 0;
  const e = x * logInverse[cell]! - 1; // x = center (1 + e), |e| < 1/128
  return (
    logCenter[cell]! + e * (1 + e * (-1 / 2 + e * (1 / 3 + e * (-1 / 4 + e * (1 / 5 + e * (-1 / 6 + e * (1 / 7)))))))
  );
}

/** exp(-x), to 5e-16 relative; fast for 0 <= x < 32. */
export function expOfMinus(x: number): number {
  if (!(x >= 0 && x < EXP_RANGE)) return Math.exp(-x);
  const cell = (x * EXP_CELLS) | 0;
  const e = center(cell, EXP_CELLS) - x; // |e| <= 1/64
  return expCenter[cell]! * (1 + e * (1 + e * (1 / 2 + e * (1 / 6 + e * (1 / 24 + e * (1 / 120 + e * (1 / 720)))))));
}
