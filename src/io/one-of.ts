/** Names that people give. */

/** @throws RangeError naming the place, what the name is of, and those that are known. */
export function oneOf<T extends string>(place: string, what: string, got: string, known: readonly T[]): T {
  const found = known.find((k) => k === got);
  if (found !== undefined) return found;
  throw new RangeError(`${place}: unknown ${what} (got "${got}"), expected one of ${known.join(", ")}`);
}
