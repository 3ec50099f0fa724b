/** Shows charts and tables in a notebook, with a picture beside a chart for pages and papers that draw none. */
import path from "node:path";
import type { ChartSpec } from "./charts/style";
import { writeFilesAtomically } from "../io/atomic";
import { mkdirSync } from "node:fs";
import { display } from "./display";
import { renderPng, renderSvg } from "./picture";
import type { Table } from "./tables";

export interface ShowOptions {
  /** Also writes the chart as `<save>.svg` and `<save>.png`; folders are made. */
  readonly save?: string;
}

/**
 * Shows a table, or a chart: interactive in JupyterLab, a PNG where nothing draws vega-lite.
 * In a terminal a table is printed, and a chart only saved.
 */
export async function show(content: ChartSpec | Table, { save }: ShowOptions = {}): Promise<void> {
  if (isTable(content)) display({ "text/plain": content.text(), "text/html": content.html() });
  else await showChart(content, save);
}

const isTable = (content: ChartSpec | Table): content is Table => typeof content.toCSV === "function";

async function showChart(spec: ChartSpec, save: string | undefined): Promise<void> {
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
  display(
    { "text/plain": note, "application/vnd.vegalite.v5+json": spec, "image/png": png },
    { "image/png": { width, height } },
  );
}
