/** The share of a basin from rung to rung, sampled and reweighted: shows whether a rare basin survives the annealing. */
import { rungAxis, rungNames, rungWidth, temperatureTitle } from "./rungs";
import { type ChartSpec, chart, csvData, nameScale } from "./style";

/** What one rung says of the basin: shares (0 to 1) of samples and of weight, with standard errors; as a run's record holds it. */
export interface BasinRung {
  /** Kelvin. */
  readonly temperature: number;
  readonly sampled: number | null;
  readonly sampledError: number | null;
  readonly reweighted: number | null;
  readonly reweightedError: number | null;
}

export interface BasinOptions {
  readonly title?: string;
  /** What lies in the basin, for the axis. */
  readonly basin?: string;
}

/** Of a basin by its name in records. */
export const shareTitle = (basin: string): string => `share of ${basin.replace("phi", "φ")}`;

/** Smaller shares rest on no samples that could be counted, and would stretch the axis. */
const SMALLEST = 1e-6;

/** Shares with error bars on a logarithmic axis; a share below one in a million is not drawn. */
export function basinChart(rungs: readonly BasinRung[], { title, basin = "φ > 0" }: BasinOptions = {}): ChartSpec {
  const temperatures = rungs.map((rung) => rung.temperature);
  const names = rungNames(temperatures);
  const kinds = ["sampled", "reweighted"] as const;
  const rows = kinds.flatMap((kind) =>
    rungs.map((rung, i) => ({ rung: names[i]!, kind, value: rung[kind] ?? 0, error: rung[`${kind}Error`] ?? 0 })),
  );
  const shown = rows.filter((row) => row.value >= SMALLEST);
  // An error bar that reaches zero has no end on a logarithmic axis: it ends at the edge.
  const floor = Math.min(1e-2, ...shown.map((row) => Math.max(row.value - row.error, row.value / 10))) / 1.5;
  const top = Math.min(1, Math.max(1e-2, ...shown.map((row) => row.value + row.error)) * 1.5);
  const x = rungAxis(names, temperatureTitle(temperatures));
  const xOffset = { field: "kind", type: "nominal", sort: kinds, scale: { paddingOuter: 1.4 } };
  const y = (field: string): object => ({
    field,
    type: "quantitative",
    title: `${shareTitle(basin)} (%)`,
    scale: { type: "log", domain: [100 * floor, 100 * top], nice: false },
    axis: { values: logTicks(100 * floor, 100 * top), format: "~g" },
  });
  const scale = nameScale(kinds);
  const legend = { orient: "top" };
  const color = {
    field: "kind",
    type: "nominal",
    title: null,
    scale,
    legend,
  };
  // Without a scale: a second legend of the same names would displace that of the points.
  const ruleColor = { condition: { test: "datum.kind === 'sampled'", value: scale.range[0] }, value: scale.range[1] };
  return chart({
    ...(title && { title }),
    width: rungWidth(names),
    height: 220,
    data: csvData({
      rung: shown.map((row) => row.rung),
      kind: shown.map((row) => row.kind),
      share: shown.map((row) => 100 * row.value),
      low: shown.map((row) => 100 * Math.max(floor, row.value - row.error)),
      high: shown.map((row) => 100 * Math.min(top, row.value + row.error)),
    }),
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1.5 },
        encoding: { x, xOffset, color: ruleColor, y: y("low"), y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 55, opacity: 1 },
        encoding: {
          x,
          xOffset,
          color,
          shape: { field: "kind", type: "nominal", title: null, scale: { domain: kinds }, legend },
          y: y("share"),
          tooltip: [
            { field: "rung", title: temperatureTitle(temperatures) },
            { field: "kind", title: "samples" },
            { field: "share", title: "share (%)", format: ".3f" },
          ],
        },
      },
    ],
  });
}

/** 1, 2 and 5 times the powers of ten, or the powers alone where that would be too many. */
function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const steps = high / low < 1000 ? [1, 2, 5] : [1];
  return decades.flatMap((k) => steps.map((step) => Number(`${step}e${k}`))).filter((t) => t >= low && t <= high);
}
