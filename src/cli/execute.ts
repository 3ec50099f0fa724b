/** Executes notebooks with the project's kernel, shows their progress, and stores them without what differs from run to run. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Jupyter } from "./jupyter";
import { ProgramError, runQuietly } from "./python";

export interface ExecuteOptions {
  /** Folder for the executed notebook; it keeps its name. */
  readonly out: string;
  /** The size of the runs in it: TABG_PRESET for its cells. */
  readonly preset: string;
  /** Lines that the notebook's progress displays write. */
  readonly onProgress: (line: string) => void;
}

/** What we read and write of a notebook file (nbformat 4.5). */
interface Notebook {
  cells: NotebookCell[];
  metadata: object;
  nbformat: number;
  nbformat_minor: number;
}
interface NotebookCell {
  cell_type: string;
  metadata: Record<string, unknown>;
  execution_count?: number | null;
  outputs?: NotebookOutput[];
}
interface NotebookOutput {
  output_type: string;
  name?: string;
  text?: string | string[];
  execution_count?: number | null;
}

const METADATA = {
  kernelspec: { display_name: "TypeScript (tslab)", language: "typescript", name: "tslab" },
  language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
};

/**
 * Runs all cells and writes the notebook with its outputs into `out`; the file itself stays as it is. Returns its path.
 * @throws Error with the failing cell and what it said.
 */
export async function executeNotebook(
  jupyter: Jupyter,
  notebook: string,
  { out, preset, onProgress }: ExecuteOptions,
): Promise<string> {
  mkdirSync(out, { recursive: true });
  const name = path.basename(notebook);
  // Of this notebook alone: others may be executed into the same folder at the same time.
  const progress = path.join(path.resolve(out), `${name}.log`);
  const follower = followLines(progress, onProgress);
  const env = { ...jupyter.env, TABG_PRESET: preset, TABG_PROGRESS: progress };
  const args = ["-m", "nbconvert", "--execute", "--to", "notebook", "--output-dir", path.resolve(out)];
  const kernel = "--ExecutePreprocessor.kernel_name=tslab";
  try {
    await runQuietly("nbconvert", jupyter.python, [...args, kernel, "--output", name, notebook], { env });
  } catch (error) {
    throw error instanceof ProgramError ? cellError(notebook, error) : error;
  } finally {
    follower.stop();
  }
  const executed = path.join(out, name);
  normaliseNotebook(executed);
  return executed;
}

/** The notebook as a page that needs no Jupyter. Returns its path. */
export async function exportHtml(jupyter: Jupyter, notebook: string): Promise<string> {
  const args = ["-m", "nbconvert", "--to", "html", "--output-dir", path.dirname(path.resolve(notebook)), notebook];
  await runQuietly("nbconvert", jupyter.python, args, { env: jupyter.env });
  return notebook.replace(/\.ipynb$/, ".html");
}

/** The cell's own words instead of nbconvert's stack. */
function cellError(notebook: string, error: ProgramError): Error {
  const start = error.output.lastIndexOf("An error occurred while executing the following cell:");
  if (start < 0) return error;
  return new Error(
    `${path.basename(notebook)}: a cell failed, the notebook was not finished\n${error.output.slice(start).trim()}`,
    {
      cause: error,
    },
  );
}

/** Numbers the cells (tslab's kernel leaves that to the front end), joins split streams and drops times and versions. */
export function normaliseNotebook(file: string): void {
  const notebook = JSON.parse(readFileSync(file, "utf8")) as Notebook;
  let count = 0;
  const cells = notebook.cells.map((cell) => {
    const metadata = { ...cell.metadata };
    delete metadata.execution; // start and end times
    if (cell.cell_type !== "code") return { ...cell, metadata };
    return { ...cell, metadata, execution_count: ++count, outputs: joinStreams(cell.outputs ?? []) };
  });
  writeFileSync(file, JSON.stringify({ ...notebook, cells, metadata: METADATA }, null, 1) + "\n");
}

function joinStreams(outputs: readonly NotebookOutput[]): NotebookOutput[] {
  const joined: NotebookOutput[] = [];
  for (const output of outputs) {
    const last = joined.at(-1);
    if (last && output.output_type === "stream" && last.output_type === "stream" && last.name === output.name) {
      joined[joined.length - 1] = { ...last, text: [last.text ?? "", output.text ?? ""].flat() };
    } else joined.push(output);
  }
  return joined;
}

/** Reports the lines that another process appends to a file, a few times a second. */
function followLines(file: string, onLine: (line: string) => void): { stop(): void } {
  rmSync(file, { force: true });
  let position = 0;
  let rest = "";
  const read = (): void => {
    if (!existsSync(file)) return;
    const descriptor = openSync(file, "r");
    const buffer = Buffer.alloc(65536);
    for (let n = 0; (n = readSync(descriptor, buffer, 0, buffer.length, position)) > 0; position += n) {
      rest += buffer.toString("utf8", 0, n);
    }
    closeSync(descriptor);
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  };
  const timer = setInterval(read, 300);
  return {
    stop() {
      clearInterval(timer);
      read();
    },
  };
}
