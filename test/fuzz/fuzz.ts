/** Feeds damaged files to a reader: it has to answer, or refuse them by an error of the documented form. */
import { createRng } from "../../src/numerics/random";
import { mutate } from "./mutate";
import type { Reader } from "./readers";

export interface Failure {
  /** Which input of the seed's. */
  readonly input: number;
  readonly bytes: Buffer;
  readonly what: string;
}

export interface FuzzResult {
  readonly accepted: number;
  readonly refused: number;
  readonly failures: readonly Failure[];
  /** Seconds that the slowest input took. */
  readonly slowest: number;
}

const LONGEST_MESSAGE = 4000;
const FORM = /(invalid|unknown|missing|mismatched|truncated|unreadable)/;

/** What is wrong with an error that a reader threw; null if it is one of the documented ones. */
export function undocumented(error: unknown): string | null {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  if (error.constructor !== Error) return `threw a ${error.constructor.name}: ${error.stack ?? error.message}`;
  if (!FORM.test(error.message)) return `threw an error of another form: ${error.message}`;
  return error.message.length > LONGEST_MESSAGE ? `threw an error of ${error.message.length} characters` : null;
}

/** The first failures, at most ten, of so many damaged files. */
export function fuzz(reader: Reader, inputs: number, seed: number): FuzzResult {
  const rng = createRng(seed);
  const failures: Failure[] = [];
  let refused = 0;
  let slowest = 0;
  for (let input = 0; input < inputs && failures.length < 10; input++) {
    const bytes = mutate(reader.seeds[rng.integer(reader.seeds.length)]!, reader.words, rng);
    const start = performance.now();
    try {
      reader.read(bytes);
    } catch (error) {
      refused++;
      const what = undocumented(error);
      if (what !== null) failures.push({ input, bytes, what });
    }
    slowest = Math.max(slowest, (performance.now() - start) / 1e3);
  }
  return { accepted: inputs - refused, refused, failures, slowest };
}
