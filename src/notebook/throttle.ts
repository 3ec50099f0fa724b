/** When to draw a state that changes with every step. */

/**
 * True at those moments at which a step has ended and the next one, taken to last as long, would end later than `within` after the last true one:
 * what was drawn is never older, and is drawn no more often than that needs. The first moment is true.
 * @param within of the unit of the clock
 */
export function createThrottle(within: number): (now: number) => boolean {
  let drawn = -Infinity;
  let last = NaN;
  return (now) => {
    const next = now + (now - last);
    last = now;
    if (next - drawn <= within) return false;
    drawn = now;
    return true;
  };
}
