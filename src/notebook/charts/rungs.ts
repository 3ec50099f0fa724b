/** Charts over the rungs of a temperature ladder: the ladder itself and the effective sample size on it. */
import { type ChartSpec, chart, COLOURS, csvData, INK } from "./style";

/** A rung and how well the flow above it covers it. */
export interface RungEss {
  /** Kelvin (or the gmm's T). */
  readonly temperature: number;
  /** Effective share of the samples, 0 to 1. */
  readonly ess: number;
}

export interface EssOptions {
  readonly title?: string;
  /** A level to compare with, 0 to 1, for example of reweighting without annealing. */
  readonly reference?: { readonly value: number; readonly label: string };
}

/** Names of rungs on an axis: the temperature, with a count where it repeats (a refinement at the same temperature). */
export function rungNames(temperatures: readonly number[]): string[] {
  const seen = new Map<string, number>();
  return temperatures.map((temperature) => {
    const name = temperature >= 100 ? temperature.toFixed(0) : String(Number(temperature.toPrecision(3)));
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** What an axis of temperatures is called: kelvin, unless all are below 100, as the mixture's T and no molecule's are. */
export function temperatureTitle(temperatures: readonly number[]): string {
  return Math.max(...temperatures) < 100 ? "temperature T" : "temperature (K)";
}

/** As many names stand beside each other in the width of a page; more are turned. */
const NAMES_IN_ROW = 16;

/** The x axis of a chart over rungs, in their order. */
export function rungAxis(names: readonly string[], title: string): object {
  const labelAngle = names.length > NAMES_IN_ROW ? -60 : 0;
  return { field: "rung", type: "ordinal", sort: names, title, axis: { labelAngle, labelOverlap: false } };
}

/** Width in px that leaves room for every name. */
export function rungWidth(names: readonly string[]): number {
  return Math.min(46 * NAMES_IN_ROW, Math.max(240, 46 * names.length));
}

/** ESS per rung as bars with their values; a reference is a dashed line. */
export function essChart(rungs: readonly RungEss[], { title, reference }: EssOptions = {}): ChartSpec {
  const temperatures = rungs.map((rung) => rung.temperature);
  const names = rungNames(temperatures);
  const rungTitle = temperatureTitle(temperatures);
  const x = rungAxis(names, rungTitle);
  const y = {
    field: "ess",
    type: "quantitative",
    title: "effective sample size (%)",
    scale: { domain: [0, Math.min(100, 20 * Math.ceil(6 * Math.max(...rungs.map((rung) => rung.ess))))] },
    axis: { tickCount: 5 },
  };
  const tooltip = [
    { field: "rung", title: rungTitle },
    { field: "ess", title: "ESS (%)", format: ".2f" },
  ];
  return chart({
    ...(title && { title }),
    width: rungWidth(names),
    height: 220,
    data: csvData({ rung: names, ess: rungs.map((rung) => 100 * rung.ess) }),
    layer: [
      { mark: { type: "bar", color: COLOURS[0], width: { band: 0.7 } }, encoding: { x, y, tooltip } },
      {
        mark: { type: "text", dy: -7, fontSize: names.length > NAMES_IN_ROW ? 9 : 11, color: INK },
        encoding: { x, y, text: { field: "ess", type: "quantitative", format: ".1f" } },
      },
      ...(reference ? referenceLayers(100 * reference.value, reference.label) : []),
    ],
  });
}

/** A dashed level. Its name stands at the top, where no bar hides it: the level itself may be next to nothing. */
function referenceLayers(value: number, label: string): object[] {
  const data = { values: [{}] };
  const color = COLOURS[1];
  return [
    { data, mark: { type: "rule", strokeDash: [4, 3], strokeWidth: 1.5, color }, encoding: { y: { datum: value } } },
    {
      data,
      mark: { type: "text", align: "left", baseline: "top", dx: 6, dy: 4, fontSize: 11, color, text: `- - ${label}` },
      encoding: { y: { value: 0 }, x: { value: 0 } },
    },
  ];
}

/** The temperatures of a ladder on a logarithmic axis: a geometric ladder is a straight line. */
export function ladderChart(ladder: readonly number[], { title }: { readonly title?: string } = {}): ChartSpec {
  const names = rungNames(ladder);
  const x = { field: "step", type: "quantitative", title: "step of the ladder", axis: { format: "d", tickMinStep: 1 } };
  const y = {
    field: "temperature",
    type: "quantitative",
    title: temperatureTitle(ladder),
    scale: { type: "log", domain: [0.8 * Math.min(...ladder), 1.25 * Math.max(...ladder)], nice: false },
    axis: { values: [...new Set(ladder)], format: Math.min(...ladder) >= 100 ? ".0f" : ".3~r" },
  };
  return chart({
    ...(title && { title }),
    width: rungWidth(names),
    height: 220,
    data: csvData({ step: ladder.map((_, i) => i), temperature: ladder }),
    layer: [
      { mark: { type: "line", color: COLOURS[0], strokeWidth: 1.5 }, encoding: { x, y } },
      {
        mark: { type: "point", filled: true, size: 60, color: COLOURS[0], opacity: 1 },
        encoding: { x, y, tooltip: [{ field: "temperature", title: temperatureTitle(ladder), format: ".1f" }] },
      },
    ],
  });
}
