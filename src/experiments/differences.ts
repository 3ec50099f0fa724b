/** Where two plain values differ, option by option. */
import { isObject } from "../io/fields";

/** A place, as `anneal.batch`, and what stands there. */
export interface Difference {
  readonly place: string;
  readonly got: unknown;
  readonly expected: unknown;
}

/** What is null counts as absent: an option that is off, since checkpoints that are older than an option do not name it. */
export function differences(got: unknown, expected: unknown, place = ""): Difference[] {
  if (isObject(got) && isObject(expected)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(got)])];
    return names.flatMap((name) => differences(got[name], expected[name], place ? `${place}.${name}` : name));
  }
  return JSON.stringify(got ?? null) === JSON.stringify(expected ?? null) ? [] : [{ place, got, expected }];
}

export const sayDifference = ({ place, got, expected }: Difference): string =>
  `${place} (got ${JSON.stringify(got ?? null)}, expected ${JSON.stringify(expected ?? null)})`;
