/** Histograms of several coordinates, a panel each: the marginals of samples beside those of the truth. */
import { quantile } from "../../numerics/quantile";
import { densityRows, type HistogramSeries } from "./histogram";
import { type ChartSpec, chart, csvData, nameScale, requireTitles } from "./style";

/** One panel. */
export interface MarginalPanel {
  /** What is counted, with its unit. */
  readonly title: string;
  /** From, to; by default what holds all but a thousandth at either end. */
  readonly range?: readonly [number, number];
  readonly series: readonly HistogramSeries[];
}

const BINS = 60;

/** Panels in rows of `columns`; every series keeps its colour in all of them. */
export function marginalsChart(
  panels: readonly MarginalPanel[],
  { columns = 3, bins = BINS }: { readonly columns?: number; readonly bins?: number } = {},
): ChartSpec {
  requireTitles("marginalsChart", panels);
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const rows = panels.flatMap(({ title, series, range: [low, high] = commonRange(title, series) }) =>
    densityRows(series, { low, high, bins }).map((row) => ({ title, ...row })),
  );
  return chart({
    data: csvData({
      panel: rows.map(({ title }) => title),
      name: rows.map(({ name }) => name),
      x: rows.map(({ x }) => x),
      density: rows.map(({ height }) => height),
    }),
    facet: {
      field: "panel",
      type: "nominal",
      sort: panels.map(({ title }) => title),
      header: { title: null, labelFontWeight: "normal" },
    },
    columns: Math.min(columns, panels.length),
    spacing: 18,
    resolve: { scale: { x: "independent", y: "independent" } },
    spec: {
      width: 220,
      height: 120,
      mark: { type: "line", interpolate: "step", strokeWidth: 1.5 },
      encoding: {
        x: {
          field: "x",
          type: "quantitative",
          title: null,
          scale: { zero: false, nice: false },
          axis: { tickCount: 5 },
        },
        y: { field: "density", type: "quantitative", title: null, axis: { tickCount: 3, format: ".2~g" } },
        color: { field: "name", type: "nominal", title: null, scale: nameScale(names), legend: { orient: "top" } },
      },
    },
  });
}

function commonRange(title: string, series: readonly HistogramSeries[]): [number, number] {
  const ends = (share: number): number[] => series.map(({ values }) => quantile(values, share));
  const [low, high] = [Math.min(...ends(0.001)), Math.max(...ends(0.999))];
  if (!Number.isFinite(high - low)) {
    throw new RangeError(
      `marginalsChart: missing values (got no finite one in panel "${title}"), expected some in each`,
    );
  }
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
