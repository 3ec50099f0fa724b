/** Several runs over each other: the ESS of every rung against its temperature. */
import { temperatureTitle } from "./rungs";
import { type ChartSpec, chart, csvData } from "./style";

/** One run's rungs, from hot to cold. */
export interface EssCurve {
  readonly name: string;
  readonly rungs: readonly { readonly temperature: number; readonly ess: number }[];
}

/** Hot at the left, cold at the right, on a logarithmic axis. */
export function essCurvesChart(curves: readonly EssCurve[]): ChartSpec {
  const rows = curves.flatMap(({ name, rungs }) => rungs.map((rung, order) => ({ name, order, ...rung })));
  const temperatures = rows.map(({ temperature }) => temperature);
  const [low, high] = [Math.min(...temperatures), Math.max(...temperatures)];
  const names = curves.map(({ name }) => name);
  return chart({
    width: 520,
    height: 220,
    data: csvData({
      name: rows.map(({ name }) => name),
      order: rows.map(({ order }) => order),
      temperature: temperatures,
      ess: rows.map(({ ess }) => 100 * ess),
    }),
    mark: { type: "line", point: { filled: true, size: 45 }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: "temperature",
        type: "quantitative",
        title: temperatureTitle(temperatures),
        scale: { type: "log", domain: [0.97 * low, 1.03 * high], nice: false, reverse: true },
        axis: { tickCount: 8, format: low >= 100 ? ".0f" : ".3~r" },
      },
      y: {
        field: "ess",
        type: "quantitative",
        title: "buffer ESS (%)",
        scale: { domainMin: 0, nice: true },
        axis: { tickCount: 5 },
      },
      order: { field: "order", type: "quantitative" },
      color: { field: "name", type: "nominal", title: null, scale: { domain: names } },
      shape: { field: "name", type: "nominal", title: null, scale: { domain: names } },
      tooltip: [
        { field: "name", title: "run" },
        { field: "temperature", title: temperatureTitle(temperatures), format: ".1f" },
        { field: "ess", title: "ESS (%)", format: ".1f" },
      ],
    },
  });
}
