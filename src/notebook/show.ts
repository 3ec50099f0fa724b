/** Shows charts, tables and the package's own values in a notebook, with a picture beside each chart for pages and papers that draw none. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { writeFilesAtomically } from "../io/atomic";
import type { ChartSpec } from "./charts/style";
import { createOutput, type Output } from "./display";
import type { Drawing } from "./molecule";
import { renderPng, renderSvg } from "./picture";
import { type Content, contentsOf, type Showable } from "./rich";
import type { Table } from "./tables";

export interface ShowOptions {
  /** Also writes the chart as `<save>.svg` and `<save>.png`; folders are made. */
  readonly save?: string;
  /** Where to show it, in place of what stands there; a place of its own by default. */
  readonly output?: Output;
}

/**
 * Shows a table, a chart, a molecule, or any value of the package that is worth looking at (a run, its record, a system, samples, a
 * forecast of a ladder, ...). Charts are interactive in JupyterLab, a PNG where nothing draws vega-lite.
 * In a terminal a table is printed, and a chart only saved.
 * @throws TypeError for anything else.
 */
export async function show(value: Showable, { save, output }: ShowOptions = {}): Promise<void> {
  const contents = contentsOf(value);
  if (contents === null) {
    const given: unknown = value;
    const names = Object.keys(given ?? {}).slice(0, 6);
    const got = typeof given === "object" && names.length > 0 ? `an object with ${names.join(", ")}` : String(given);
    throw new TypeError(`show: unknown content (got ${got}), expected a chart, a table, a run, a system or samples`);
  }
  for (const [i, content] of contents.entries()) {
    const place = (i === 0 && output) || createOutput();
    if (isTable(content)) place.set({ "text/plain": content.text(), "text/html": content.html() });
    else await showPicture(content, place, save);
  }
}

/** Whether `show` knows the value: what the kernel asks of a cell's last expression. */
export const isShowable = (value: unknown): value is Showable => contentsOf(value) !== null;

const isTable = (content: Content): content is Table => "html" in content;
const isDrawing = (content: ChartSpec | Drawing): content is Drawing => typeof content.svg === "string";

async function showPicture(content: ChartSpec | Drawing, output: Output, save?: string): Promise<void> {
  const svg = isDrawing(content) ? content.svg : await renderSvg(content);
  const { png, width, height } = renderPng(svg);
  if (save !== undefined) {
    mkdirSync(path.dirname(path.resolve(save)), { recursive: true });
    writeFilesAtomically([
      { file: `${save}.svg`, chunks: [Buffer.from(svg)] },
      { file: `${save}.png`, chunks: [png] },
    ]);
  }
  const what = isDrawing(content) ? content.description : "chart";
  output.set(
    {
      "text/plain": save === undefined ? what : `${what}: ${save}.png`,
      ...(isDrawing(content) ? { "image/svg+xml": svg } : { "application/vnd.vegalite.v5+json": content }),
      "image/png": png,
    },
    { "image/png": { width, height } },
  );
}
