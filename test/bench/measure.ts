/** Interleaved timing: A B A B ..., so that drift of the machine falls on both sides alike. */
import { setTimeout as sleep } from "node:timers/promises";

/** One repetition; answers with the seconds (or the share) that it measured. */
export type Side = () => Promise<number>;

/** Measured values of one side, in ascending order. */
export type Values = readonly number[];

export const fastest = (values: Values): number => values[0]!;
export const median = (values: Values): number => (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;

// Torch's threads spin for some milliseconds after their last work before they sleep.
const SETTLE_MS = 20;

/** The seconds of some work in this process. */
export function timed(work: () => unknown): Side {
  return async () => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1e3;
  };
}

/** `warmUps` calls of each side, then `repeats` of all sides in turn. */
export async function interleave(
  sides: readonly Side[],
  { repeats, warmUps }: { readonly repeats: number; readonly warmUps: number },
): Promise<Values[]> {
  for (const side of sides) for (let i = 0; i < warmUps; i++) await side();
  const values = sides.map((): number[] => []);
  for (let i = 0; i < repeats; i++) {
    for (const [s, side] of sides.entries()) {
      await sleep(SETTLE_MS);
      values[s]!.push(await side());
    }
  }
  return values.map((v) => v.sort((a, b) => a - b));
}
