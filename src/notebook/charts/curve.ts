/** Training curves: every few steps as a faint line, their running mean on top. */
import { quantile } from "../../numerics/quantile";
import { type ChartSpec, chart, COLOURS, csvData, INK } from "./style";

/** A loss over iterations, as a run's record holds it. */
export interface LossCurve {
  readonly iterations: readonly number[];
  /** null or NaN where there was none. */
  readonly values: readonly (number | null)[];
}

export interface CurveOptions {
  readonly title?: string;
  readonly x?: string;
  readonly y?: string;
  /** A level to compare with, for example -log Z, below which a reverse KL loss cannot go. */
  readonly reference?: { readonly value: number; readonly label: string };
}

/** At most so many points are drawn; neighbours are averaged. */
const DRAWN = 400;

/** The loss over the steps, scaled to what comes after the first plunge (it starts at 1e6 for a molecule). */
export function lossChart(
  { iterations, values }: LossCurve,
  { title, x = "iteration", y = "loss (kT)", reference }: CurveOptions = {},
): ChartSpec {
  const finite = iterations
    .map((step, i) => ({ step, loss: values[i] ?? NaN }))
    .filter((point) => Number.isFinite(point.loss));
  const bin = Math.max(1, Math.ceil(finite.length / DRAWN));
  const drawn = Array.from({ length: Math.ceil(finite.length / bin) }, (_, i) => {
    const group = finite.slice(i * bin, (i + 1) * bin);
    return { step: group.at(-1)!.step, loss: group.reduce((sum, point) => sum + point.loss, 0) / group.length };
  });
  const losses = drawn.map((point) => point.loss);
  const range = curveRange(losses, reference?.value);
  // Points far above the axis would still be drawn there; at 1e6 px some renderers then drop the whole line.
  const capped = losses.map((loss) => Math.min(loss, 2 * range[1] - range[0]));
  const base = {
    x: {
      field: "step",
      type: "quantitative",
      title: x,
      scale: { domainMax: drawn.at(-1)?.step ?? 1, nice: false },
      axis: { tickCount: 6, format: ",d" },
    },
  };
  const line = (field: string): object => ({
    field,
    type: "quantitative",
    title: y,
    scale: { domain: range, zero: false, nice: true },
  });
  return chart({
    ...(title && { title }),
    width: 520,
    height: 240,
    data: csvData({ step: drawn.map((point) => point.step), loss: capped, mean: runningMean(capped) }),
    layer: [
      {
        mark: { type: "line", clip: true, strokeWidth: 1, opacity: 0.35, color: COLOURS[0] },
        encoding: { ...base, y: line("loss") },
      },
      {
        mark: { type: "line", clip: true, strokeWidth: 2, color: COLOURS[0] },
        encoding: {
          ...base,
          y: line("mean"),
          tooltip: [
            { field: "step", title: x },
            { field: "mean", title: `${y}, running mean`, format: ".2f" },
          ],
        },
      },
      ...(reference ? referenceLayers(reference.value, reference.label) : []),
    ],
  });
}

/** A dashed level with its name at the right end. */
function referenceLayers(value: number, label: string): object[] {
  const data = { values: [{}] };
  return [
    { data, mark: { type: "rule", strokeDash: [4, 3], color: INK }, encoding: { y: { datum: value } } },
    {
      data,
      mark: { type: "text", align: "right", baseline: "top", dy: 4, fontSize: 11, color: INK, text: label },
      encoding: { y: { datum: value }, x: { value: "width" } },
    },
  ];
}

/** From just below the lowest to a little above where the curve is after its first tenth. */
export function curveRange(losses: readonly number[], reference = NaN): [number, number] {
  const settled = losses.slice(Math.floor(losses.length / 10));
  const highest = quantile(settled, 0.97);
  const values = [...settled.filter((loss) => loss <= highest), reference].filter(Number.isFinite);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low || Math.abs(high) || 1);
  return [low - margin, high + margin];
}

/** Mean over a tenth of the curve around each point, at least itself. */
function runningMean(values: readonly number[]): number[] {
  const reach = Math.floor(values.length / 40);
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - reach), i + reach + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}
