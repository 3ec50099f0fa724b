/** Free-energy surfaces to explore: a region marked in either panel is described in the table beside. */
import { type ChartSpec, chart, csvData, FAINT, INK } from "./style";

/** What is known of one bin of one panel. */
export interface LinkedBin {
  readonly panel: string;
  /** Its lower corner, degrees. */
  readonly x: number;
  readonly y: number;
  /** Free energy in kT, the panel's lowest 0. */
  readonly f: number;
  /** Share of the panel's weight. */
  readonly share: number;
  /** Per row of the table: the share times the mean, or times the means of cosine and sine where `isTorsion`. */
  readonly sums: readonly (readonly number[])[];
}

/** A row of the table. */
export interface LinkedRow {
  readonly name: string;
  readonly unit: string;
  readonly isTorsion: boolean;
}

export interface LinkedOptions {
  readonly x: string;
  readonly y: string;
  readonly bins: number;
  /** Free energies above are left white (kT). */
  readonly cut: number;
}

/** px, about; two panels and the table fit beside each other in a JupyterLab of common width. */
const SIZE = 200;

/** Panels in the order in which their bins come; the table has a column for each. Without a mark it describes everything. */
export function linkedSurfaceChart(
  data: readonly LinkedBin[],
  rows: readonly LinkedRow[],
  { x, y, bins, cut }: LinkedOptions,
): ChartSpec {
  const panels = [...new Set(data.map(({ panel }) => panel))];
  const step = 360 / bins;
  // Whole pixels per bin: fractions would let white seams through.
  const size = bins * Math.max(1, Math.round(SIZE / bins));
  const fields = rows.flatMap(({ isTorsion }, k) => (isTorsion ? [`c${k}`, `s${k}`] : [`c${k}`]));
  const columns = fields.map((field) => [
    field,
    data.map(({ sums }) => sums[Number(field.slice(1))]![field[0] === "c" ? 0 : 1]!),
  ]);
  const axis = { values: [-120, -60, 0, 60, 120], grid: false };
  const scale = { domain: [-180, 180], nice: false };
  const encoding = {
    x: { field: "x", type: "quantitative", title: x, axis, scale },
    x2: { field: "x2" },
    y: { field: "y", type: "quantitative", title: y, axis, scale },
    y2: { field: "y2" },
  };
  const surfaces = panels.map((panel, k) => ({
    title: panel,
    width: size,
    height: size,
    view: { stroke: FAINT, fill: "white" },
    transform: [{ filter: { field: "panel", equal: panel } }],
    layer: [
      {
        name: `panel${k}`,
        transform: [{ filter: `datum.f <= ${cut}` }],
        mark: { type: "rect", aria: false, clip: true },
        encoding: {
          ...encoding,
          color: {
            field: "f",
            type: "quantitative",
            title: "free energy (kT)",
            scale: { scheme: "viridis", domain: [0, cut], clamp: true },
            legend:
              k < panels.length - 1
                ? null
                : { gradientThickness: 10, gradientLength: size, titleOrient: "right", titlePadding: 6, tickCount: 6 },
          },
          tooltip: [
            { field: "x", title: `${x} from`, format: ".0f" },
            { field: "y", title: `${y} from`, format: ".0f" },
            { field: "f", title: "free energy (kT)", format: ".2f" },
            { field: "share", title: "share of the samples", format: ".2~%" },
          ],
        },
      },
      {
        // The bin under the mouse, in every panel.
        transform: [{ filter: { param: "hover", empty: false } }],
        mark: { type: "rect", fill: null, stroke: INK, strokeWidth: 2, clip: true, aria: false },
        encoding,
      },
    ],
  }));
  return chart({
    data: csvData({
      panel: data.map(({ panel }) => panel),
      x: data.map((bin) => bin.x),
      y: data.map((bin) => bin.y),
      x2: data.map((bin) => bin.x + step),
      y2: data.map((bin) => bin.y + step),
      f: data.map(({ f }) => f),
      share: data.map(({ share }) => share),
      ...Object.fromEntries(columns),
    }),
    params: [
      { name: "brush", select: { type: "interval", resolve: "global" }, views: panels.map((_, k) => `panel${k}`) },
      {
        name: "hover",
        select: { type: "point", on: "mouseover", clear: "mouseout", fields: ["x", "y"] },
        views: panels.map((_, k) => `panel${k}`),
      },
    ],
    hconcat: [...surfaces, description(rows, fields, panels)],
    spacing: 16,
    resolve: { legend: { color: "independent" } },
  });
}

/** The table: population, free energy and means of what is marked. */
function description(rows: readonly LinkedRow[], fields: readonly string[], panels: readonly string[]): object {
  const mean = ({ isTorsion, unit }: LinkedRow, k: number): string => {
    const value = isTorsion ? `atan2(datum.s${k}, datum.c${k}) * 180 / PI` : `datum.c${k} / datum.share`;
    return `format(${value}, '${unit === "nm" ? ".4f" : ".1f"}') + '${unit === "°" ? "°" : ` ${unit}`}'`;
  };
  const shown = [
    ["population", "format(100 * datum.share, '.2f') + ' %'"],
    ["-log population", "format(-log(datum.share), '.2f') + ' kT'"],
    ...rows.map((row, k) => [`mean ${row.name}`, mean(row, k)]),
  ] as const;
  const names = `{${shown.map(([name], k) => `r${k}: '${name}'`).join(", ")}}`;
  return {
    title: "marked region",
    width: 92 * panels.length,
    height: 22 * shown.length,
    transform: [
      { filter: { param: "brush" } },
      {
        aggregate: ["share", ...fields].map((field) => ({ op: "sum", field, as: field })),
        groupby: ["panel"],
      },
      ...shown.map(([, calculate], k) => ({ calculate, as: `r${k}` })),
      { fold: shown.map((_, k) => `r${k}`), as: ["row", "text"] },
    ],
    mark: { type: "text", align: "center", fontSize: 12, color: INK },
    encoding: {
      x: {
        field: "panel",
        type: "nominal",
        sort: panels,
        title: null,
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false, labelLimit: 120 },
      },
      y: {
        field: "row",
        type: "nominal",
        sort: shown.map((_, k) => `r${k}`),
        title: null,
        axis: { labelExpr: `${names}[datum.value]`, domain: false, ticks: false, grid: false, labelLimit: 180 },
      },
      text: { field: "text" },
    },
  };
}
