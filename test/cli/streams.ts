/** Streams that keep their lines, for tests of commands. */
import type { Streams } from "../../src/cli/usage";

export function collect(): Streams & { readonly lines: { readonly out: string[]; readonly note: string[] } } {
  const lines = { out: [] as string[], note: [] as string[] };
  return { lines, out: (line) => lines.out.push(line), note: (line) => lines.note.push(line) };
}
