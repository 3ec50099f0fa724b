/** Shows charts and tables in a notebook, with a picture beside a chart for pages and papers that draw none. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFilesAtomically } from "../io/atomic";
import type { ChartSpec } from "./charts/style";
import { createOutput, type Output } from "./display";
import { renderPng, renderSvg } from "./picture";
import type { Table } from "./tables";

export interface ShowOptions {
  /** Also writes the chart as `<save>.svg` and `<save>.png`; folders are made. */
  readonly save?: string;
  /** Where to show it, in place of what stands there; a place of its own by default. */
  readonly output?: Output;
}

/**
 * Shows a table, or a chart: interactive in JupyterLab, a PNG where nothing draws vega-lite.
 * In a terminal a table is printed, and a chart only saved.
 */
export async function show(content: ChartSpec | Table, options: ShowOptions = {}): Promise<void> {
  const { save, output = createOutput() } = options;
  if (isTable(content)) output.set({ "text/plain": content.text(), "text/html": content.html() });
  else await showChart(content, output, save);
}

const isTable = (content: ChartSpec | Table): content is Table => typeof content.toCSV === "function";

async function showChart(spec: ChartSpec, output: Output, save?: string): Promise<void> {
  const svg = await renderSvg(spec);
  const { png, width, height } = renderPng(svg);
  if (save !== undefined) {
    mkdirSync(path.dirname(path.resolve(save)), { recursive: true });
    writeFilesAtomically([
      { file: `${save}.svg`, chunks: [Buffer.from(svg)] },
      { file: `${save}.png`, chunks: [png] },
    ]);
  }
  const note = save === undefined ? "chart" : `chart: ${save}.png`;
  output.set(
    { "text/plain": note, "application/vnd.vegalite.v5+json": spec, "image/png": png },
    { "image/png": { width, height } },
  );
}
