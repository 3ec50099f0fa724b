/** Notebooks of code cells for our kernel, without outputs. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./lab";

/** Writes one to `file`, a path from the project's root, which it returns. */
export function writeNotebook(file: string, sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source: [source],
  }));
  const kernelspec = { display_name: "TypeScript (tslab)", language: "typescript", name: "tslab" };
  const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  writeFileSync(path.join(ROOT, file), JSON.stringify(notebook));
  return file;
}
