/** The notebooks as files, what is done to them after execution, and the kernel's workarounds. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { normaliseNotebook } from "../../src/cli/execute";
import { projectRoot } from "../../src/io/paths";

type Cell = { cell_type: string; id: string; source: string[]; execution_count?: number | null };
type Notebook = { cells: Cell[]; metadata: { kernelspec: { name: string } }; nbformat: number; nbformat_minor: number };

const FOLDER = path.join(projectRoot(), "notebooks");
const PRELOAD = path.join(projectRoot(), ".jupyter", "kernels", "tslab", "preload.cjs");

for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".ipynb"))) {
  const notebook = JSON.parse(readFileSync(path.join(FOLDER, name), "utf8")) as Notebook;
  const code = notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) => cell.source.join(""));

  test(`${name} is a notebook for the tslab kernel with cells of their own id`, () => {
    assert.deepEqual([notebook.nbformat, notebook.nbformat_minor, notebook.metadata.kernelspec.name], [4, 5, "tslab"]);
    assert.equal(new Set(notebook.cells.map((cell) => cell.id)).size, notebook.cells.length);
  });

  test(`${name} imports from tabg alone, what the package exports and the cells use`, () => {
    const exported = Object.keys(require("../../src/index") as object);
    const all = code.join("\n");
    for (const [statement, names, from] of all.matchAll(/import \{([^}]*)\} from "([^"]*)"/g)) {
      const rest = all.replace(statement, "");
      assert.equal(from, "tabg");
      const values = names!
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "" && !part.startsWith("type "));
      assert.deepEqual(
        values.filter((value) => !exported.includes(value) || !new RegExp(`\\b${value}\\b`).test(rest)),
        [],
      );
    }
  });
}

test("an executed notebook is numbered, its streams joined, and free of times", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
  const file = path.join(folder, "a.ipynb");
  const stream = (text: string, name = "stdout"): object => ({ output_type: "stream", name, text: [text] });
  const cell = {
    cell_type: "code",
    id: "a",
    metadata: { execution: { start: 1 }, tags: ["x"] },
    execution_count: null,
    source: [],
  };
  const cells = [
    { ...cell, outputs: [stream("1\n"), stream("2\n"), stream("3\n", "stderr")] },
    { cell_type: "markdown", id: "b", metadata: {}, source: [] },
    { ...cell, id: "c" },
  ];
  try {
    writeFileSync(
      file,
      JSON.stringify({ cells, metadata: { language_info: { version: "20.1" } }, nbformat: 4, nbformat_minor: 5 }),
    );
    normaliseNotebook(file);
    const done = JSON.parse(readFileSync(file, "utf8")) as Notebook & {
      cells: { outputs: { text: string[] }[]; metadata: object }[];
    };
    assert.deepEqual(
      done.cells.map((c) => c.execution_count),
      [1, undefined, 2],
    );
    assert.deepEqual(
      done.cells[0]!.outputs.map((output) => output.text),
      [["1\n", "2\n"], ["3\n"]],
    );
    assert.deepEqual(done.cells[0]!.metadata, { tags: ["x"] });
    assert.ok(!readFileSync(file, "utf8").includes("20.1"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the kernel's preload mends shorthand properties of earlier cells' variables, and zeromq's limit", () => {
  const script = `
    const { createConverter } = require("tslab/dist/converter.js");
    const kernel = createConverter({ isJS: false, isBrowser: false });
    const { output, diagnostics } = kernel.convert("declare const seed: number\\n", "const o = { a: 1, seed }; const { a } = o;");
    kernel.close();
    const { Publisher } = require(require.resolve("zeromq", { paths: [require.resolve("tslab")] }));
    const socket = new Publisher();
    socket.bind("tcp://127.0.0.1:*").then(() => {
      console.log(JSON.stringify({ output, diagnostics, sendHighWaterMark: socket.sendHighWaterMark, sendTimeout: socket.sendTimeout }));
      socket.close();
      process.exit(0);
    });`;
  const child = spawnSync(process.execPath, ["-r", PRELOAD, "-e", script], { cwd: projectRoot(), encoding: "utf8" });
  assert.equal(child.status, 0, child.stderr);
  const { output, ...rest } = JSON.parse(child.stdout) as { output: string };
  assert.match(output, /seed: exports\.seed/);
  assert.match(output, /const \{ a \} = o/);
  assert.deepEqual(rest, { diagnostics: [], sendHighWaterMark: 0, sendTimeout: 0 });
});
