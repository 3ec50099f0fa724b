/** Histograms of several samples over each other: log weights, energies. */
import { type Axis, binMiddle, density, histogram1d } from "../../numerics/histogram";
import { quantile } from "../../numerics/quantile";
import { type ChartSpec, chart, csvData, nameScale } from "./style";

/** Values under one name, each counting its weight (1 unless given). */
export interface HistogramSeries {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
}

export interface HistogramOptions {
  /** What is counted, with its unit: "energy (kJ/mol)". */
  readonly x: string;
  readonly title?: string;
  /** Title of the legend. */
  readonly legend?: string;
  readonly bins?: number;
  /** From, to; by default what holds nearly all values of every series. */
  readonly range?: readonly [number, number];
}

/** Densities of the series over common bins. Values that are not finite or out of range are not counted. */
export function histogramChart(
  series: readonly HistogramSeries[],
  { x, title, legend, bins = 80, range = commonRange(series) }: HistogramOptions,
): ChartSpec {
  const rows = densityRows(series, { low: range[0], high: range[1], bins });
  return chart({
    ...(title && { title }),
    width: 520,
    height: 220,
    data: csvData({
      name: rows.map((row) => row.name),
      x: rows.map((row) => row.x),
      density: rows.map((row) => row.height),
    }),
    mark: { type: "area", interpolate: "step", line: { strokeWidth: 1.5 }, fillOpacity: 0.2 },
    encoding: {
      x: { field: "x", type: "quantitative", title: x, scale: { domain: range, nice: false }, axis: { tickCount: 8 } },
      y: { field: "density", type: "quantitative", title: "density", stack: null, axis: { tickCount: 5 } },
      color: {
        field: "name",
        type: "nominal",
        title: legend ?? null,
        scale: nameScale(series.map(({ name }) => name)),
        ...(series.length === 1 && { legend: null }),
      },
    },
  });
}

/** The density of each series in the middle of every bin. */
export function densityRows(
  series: readonly HistogramSeries[],
  axis: Axis,
): { readonly name: string; readonly x: number; readonly height: number }[] {
  return series.flatMap(({ name, values, weights }) => {
    const histogram = histogram1d(values, axis, weights);
    const heights = histogram.weights.some((weight) => weight > 0) ? density(histogram) : histogram.weights;
    return Array.from(heights, (height, bin) => ({ name, height, x: binMiddle(axis, bin) }));
  });
}

/** What holds 99 % of every series, but no more than a few times the middle half: log weights have tails of thousands. */
function commonRange(series: readonly HistogramSeries[]): [number, number] {
  const ranges = series.map(({ values }) => {
    const [q1, q3] = [quantile(values, 0.25), quantile(values, 0.75)];
    const reach = 4 * (q3 - q1);
    return [Math.max(q1 - reach, quantile(values, 0.005)), Math.min(q3 + reach, quantile(values, 0.995))] as const;
  });
  const low = Math.min(...ranges.map(([from]) => from));
  const high = Math.max(...ranges.map(([, to]) => to));
  if (!Number.isFinite(high - low)) {
    throw new RangeError("histogramChart: missing values (got no finite one in a series), expected some in each");
  }
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
