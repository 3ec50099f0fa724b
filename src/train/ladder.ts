/** Temperature ladders: decreasing temperatures as a plain array; a repeated temperature is a refinement step (paper, section on annealing). */
import { requireWhole } from "../numerics/whole";

/** What to space. */
export interface GeometricLadder {
  readonly from: number;
  readonly to: number;
  /** Number of steps down, so steps + 1 temperatures. */
  readonly steps: number;
  /** Steps T -> T added at the end; the paper takes one. */
  readonly refinements?: number;
}

/**
 * Temperatures in constant ratio, from hot to cold, then the refinements.
 * @example geometricLadder({ from: 1200, to: 300, steps: 9 }) // 1200, 1028.69, ..., 300, 300: the paper's
 */
export function geometricLadder({ from, to, steps, refinements = 1 }: GeometricLadder): number[] {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`geometricLadder: invalid steps (got ${steps}), expected a positive integer`);
  }
  requireWhole("geometricLadder", { refinements }, 0);
  const rungs = Array.from({ length: steps + 1 }, (_, i) => (i === steps ? to : from * (to / from) ** (i / steps)));
  return checkLadder([...rungs, ...new Array<number>(refinements).fill(to)]);
}

/**
 * The ladder itself, if it is one.
 * @throws RangeError naming the first temperature that is not positive and finite, or that rises.
 */
export function checkLadder(ladder: readonly number[]): number[] {
  if (ladder.length < 2) {
    throw new RangeError(
      `ladder: invalid length (got ${ladder.length}), expected at least two temperatures, for example [1200, 600, 300]`,
    );
  }
  ladder.forEach((t, i) => {
    if (!Number.isFinite(t) || t <= 0) {
      throw new RangeError(
        `ladder: invalid temperature at position ${i} (got ${t}), expected a positive number of kelvin`,
      );
    }
    const previous = ladder[i - 1];
    if (previous !== undefined && t > previous) {
      throw new RangeError(
        `ladder: invalid temperature at position ${i} (got ${t} after ${previous}), expected the ladder to decrease; sort it from hot to cold`,
      );
    }
  });
  return [...ladder];
}
