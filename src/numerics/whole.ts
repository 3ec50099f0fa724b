/** Counts that people give: of samples, chains, threads, repetitions. */

/** @throws RangeError naming the first of these counts that is no whole number, or less than `least`. */
export function requireWhole(place: string, counts: Readonly<Record<string, number>>, least: number): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isSafeInteger(count) && count >= least) continue;
    throw new RangeError(`${place}: invalid ${name} (got ${count}), expected a whole number from ${least}`);
  }
}
