/** Several runs over each other: the ESS of every rung, in their order. */
import { temperatureTitle } from "./rungs";
import { type ChartSpec, chart, csvData } from "./style";

/** One run's rungs in their order, and the finished flow. */
export interface EssCurve {
  readonly name: string;
  readonly rungs: readonly { readonly temperature: number; readonly ess: number }[];
}

/** Over the number of the rung: refinements, which a ladder repeats at one temperature, stand beside each other. */
export function essCurvesChart(curves: readonly EssCurve[]): ChartSpec {
  const rows = curves.flatMap(({ name, rungs }) => rungs.map((rung, i) => ({ name, number: i + 1, ...rung })));
  const temperatures = rows.map(({ temperature }) => temperature);
  const names = curves.map(({ name }) => name);
  return chart({
    width: 520,
    height: 220,
    data: csvData({
      name: rows.map(({ name }) => name),
      number: rows.map(({ number }) => number),
      temperature: temperatures,
      ess: rows.map(({ ess }) => 100 * ess),
    }),
    mark: { type: "line", point: { filled: true, size: 45 }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: "number",
        type: "quantitative",
        title: "rung; the last point of a run is its finished flow",
        scale: { domain: [0.8, Math.max(2, ...rows.map(({ number }) => number)) + 0.2], nice: false },
        axis: { tickMinStep: 1, format: "d" },
      },
      y: {
        field: "ess",
        type: "quantitative",
        title: "ESS (%)",
        scale: { domainMin: 0, nice: true },
        axis: { tickCount: 5 },
      },
      color: { field: "name", type: "nominal", title: null, scale: { domain: names } },
      shape: { field: "name", type: "nominal", title: null, scale: { domain: names } },
      tooltip: [
        { field: "name", title: "run" },
        { field: "number", title: "rung" },
        { field: "temperature", title: temperatureTitle(temperatures), format: ".1f" },
        { field: "ess", title: "ESS (%)", format: ".1f" },
      ],
    },
  });
}
