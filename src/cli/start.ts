/** `npm start`: makes the Jupyter environment, executes the quickstart at its smallest size and says what came out and where it lies. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../io/paths";
import { readRecord } from "../io/record";
import { formatDuration } from "../notebook/numbers";
import { metricsTable } from "../notebook/run-tables";
import { executeNotebook, exportHtml } from "./execute";
import { prepareJupyter } from "./jupyter";

const NOTEBOOK = "00-quickstart.ipynb";

async function start(): Promise<void> {
  const root = projectRoot();
  const run = path.join(root, "runs", "quickstart");
  const preset = process.env.TABG_PRESET ?? "smoke";
  const say = (line: string): void => console.log(line);
  const begin = performance.now();

  const jupyter = await prepareJupyter(say);
  say(`Executing notebooks/${NOTEBOOK} at preset ${preset} ...`);
  const options = { out: run, preset, onProgress: (line: string) => say(`  ${line}`) };
  const executed = await executeNotebook(jupyter, path.join(root, "notebooks", NOTEBOOK), options);
  const page = await exportHtml(jupyter, executed);

  const record = path.join(run, "record.json");
  say(`\n${metricsTable(readRecord(record)).text()}\n`);
  const shown = (file: string): string => path.relative(process.cwd(), file);
  const figures = path.join(run, "figures");
  say(`Notebook    ${shown(executed)}`);
  say(`As a page   ${shown(page)}`);
  say(`Figures     ${existsSync(figures) ? `${shown(figures)}: ${readdirSync(figures).join(", ")}` : "none"}`);
  say(`Record      ${shown(record)}`);
  say(`Done in ${formatDuration((performance.now() - begin) / 1e3)}. To work in the notebook: npm run lab`);
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
