/** The look that all charts share, and the two ways in which they hold data: vega-lite v5 as plain objects. */

/**
 * A vega-lite v5 specification. Charts stay within what JupyterLab 4.6 draws (vega-lite 5.6.1; a v6 chart would
 * silently stay empty).
 */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** Okabe and Ito's colours: told apart by everyone, also in grey. */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"] as const;

/** What every chart of samples shows has its colour in all of them. */
const COLOUR_OF: Readonly<Record<string, string>> = {
  reweighted: COLOURS[0],
  sampled: COLOURS[1],
  truth: COLOURS[2],
  "ground truth": COLOURS[2],
};

/** The scale of colours for names, in their order: those above have theirs, others what is left, in turn. */
export function nameScale(names: readonly string[]): {
  readonly domain: readonly string[];
  readonly range: readonly string[];
} {
  const left = COLOURS.filter((colour) => !names.some((name) => COLOUR_OF[name] === colour));
  let next = 0;
  return { domain: names, range: names.map((name) => COLOUR_OF[name] ?? left[next++ % left.length]!) };
}

/** Axis lines, ticks and text. */
export const INK = "#222222";
export const FAINT = "#8a8a8a";

const FONT = "Arimo, Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif";

const CONFIG = {
  font: FONT,
  view: { stroke: null },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 6,
    labelColor: INK,
    titleColor: INK,
    domainColor: INK,
    tickColor: INK,
    tickSize: 4,
    grid: false,
    labelFlush: false,
  },
  axisY: { grid: true, gridColor: "#ececec" },
  legend: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    symbolStrokeWidth: 2,
  },
  header: { labelFontSize: 12, labelFontWeight: "bold", labelColor: INK },
  title: { fontSize: 13, fontWeight: "bold", color: INK, anchor: "start", offset: 10 },
  range: { category: COLOURS },
};

/** Panels are told apart by their titles. @throws RangeError for one that is there twice. */
export function requireTitles(place: string, panels: readonly { readonly title: string }[]): void {
  const titles = panels.map(({ title }) => title);
  const twice = titles.find((title, k) => titles.indexOf(title) !== k);
  if (twice === undefined) return;
  throw new RangeError(
    `${place}: repeated title (got ${JSON.stringify(twice)} twice), expected one of its own for each panel`,
  );
}

/** A whole specification from its own part. */
export function chart(parts: object): ChartSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    background: "white",
    padding: 8,
    config: CONFIG,
    ...parts,
  };
}

/** Columns of equal length as inline CSV: a quarter of the size of objects. Numbers that are not finite stay empty. */
export function csvData(columns: Readonly<Record<string, ArrayLike<number | string>>>): object {
  const names = Object.keys(columns);
  const rows = columns[names[0] ?? ""]?.length ?? 0;
  const lines = [names.join(",")];
  for (let i = 0; i < rows; i++) lines.push(names.map((name) => csvCell(columns[name]?.[i])).join(","));
  const numeric = names.filter((name) => typeof columns[name]?.[0] !== "string");
  const parse = Object.fromEntries(names.map((name) => [name, numeric.includes(name) ? "number" : "string"]));
  return { values: lines.join("\n"), format: { type: "csv", parse } };
}

function csvCell(value: number | string | undefined): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : "";
  return `"${(value ?? "").replaceAll('"', '""')}"`;
}
