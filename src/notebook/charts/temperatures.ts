/** A number over temperature with its error as a band, as a flow that is told temperatures gives it, and points that others have found. */
import { temperatureTitle } from "./rungs";
import { type ChartSpec, chart, COLOURS, csvData, INK } from "./style";

/** A value at a temperature, with its standard error. */
export interface TemperatureValue {
  readonly temperature: number;
  readonly value: number;
  readonly error: number;
}

export interface TemperatureChartOptions {
  readonly title?: string;
  /** What the values are, for the axis. */
  readonly y?: string;
  /** To compare with, such as parallel tempering: points with error bars. */
  readonly truth?: readonly TemperatureValue[];
  /** What the points are called. */
  readonly truthName?: string;
}

/** In the upper right corner. */
const LABEL = { type: "text", align: "right", baseline: "top", dy: 4, fontSize: 11, color: INK };

/**
 * The curve, a band of one standard error about it, and the points; temperatures on a logarithmic axis.
 * @example temperatureChart(curve.map(({ temperature, basins: [{ freeEnergy }] }) => ({ temperature, ...freeEnergy })), { truth })
 */
export function temperatureChart(
  curve: readonly TemperatureValue[],
  { title, y = "F(φ > 0) (kT)", truth = [], truthName = "parallel tempering" }: TemperatureChartOptions = {},
): ChartSpec {
  const columns = (points: readonly TemperatureValue[]): object => {
    const drawn = points.filter(({ value }) => Number.isFinite(value));
    const reach = drawn.map(({ error }) => (Number.isFinite(error) ? error : 0));
    return csvData({
      temperature: drawn.map((point) => point.temperature),
      value: drawn.map((point) => point.value),
      low: drawn.map((point, i) => point.value - reach[i]!),
      high: drawn.map((point, i) => point.value + reach[i]!),
    });
  };
  const x = {
    field: "temperature",
    type: "quantitative",
    title: temperatureTitle(curve.map((point) => point.temperature)),
    scale: { type: "log", nice: false, padding: 8 },
    axis: { tickCount: 6, format: "~g" },
  };
  const value = (field: string): object => ({ field, type: "quantitative", title: y, scale: { zero: false } });
  const fields = ["temperature", "value", "low", "high"];
  const tooltip = fields.map((field) => ({ field, type: "quantitative", format: ".4~g" }));
  const ends = { y: value("low"), y2: { field: "high" } };
  return chart({
    ...(title && { title }),
    width: 420,
    height: 240,
    data: columns(curve),
    layer: [
      { mark: { type: "area", color: COLOURS[0], opacity: 0.25 }, encoding: { x, ...ends } },
      { mark: { type: "line", color: COLOURS[0], strokeWidth: 2 }, encoding: { x, y: value("value"), tooltip } },
      {
        data: columns(truth),
        mark: { type: "rule", color: COLOURS[1], strokeWidth: 1.5 },
        encoding: { x, ...ends },
      },
      {
        data: columns(truth),
        mark: { type: "point", filled: true, size: 55, opacity: 1, color: COLOURS[1] },
        encoding: { x, y: value("value"), tooltip },
      },
      {
        data: { values: truth.length > 0 ? [{}] : [] },
        mark: { ...LABEL, text: `points: ${truthName}` },
        encoding: { x: { value: "width" }, y: { value: 0 } },
      },
    ],
  });
}
