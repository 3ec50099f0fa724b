/** A ladder before it is run: its temperatures, and below them the overlap and the ESS that are expected of each step. */
import type { LadderForecast } from "../../train/forecast";
import { ladderChart, rungNames, rungWidth } from "./rungs";
import { type ChartSpec, chart, COLOURS, csvData, INK } from "./style";

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** Temperatures at whole steps, expectations between them. */
export function forecastChart({ ladder, rungs, heatCapacity }: LadderForecast): ChartSpec {
  const names = rungNames(ladder);
  const width = rungWidth(names);
  const x = {
    field: "step",
    type: "quantitative",
    title: "step of the ladder",
    // Bars would pad the scale, and the two panels would no longer stand below each other.
    scale: { domain: [-0.3, ladder.length - 0.7], nice: false, padding: 0 },
    axis: { values: ladder.map((_, i) => i), format: "d" },
  };
  const share = (field: string): object => ({
    field,
    type: "quantitative",
    title: "expected (%)",
    scale: { domain: [0, 108] },
    axis: { values: [0, 25, 50, 75, 100] },
  });
  const tooltip = [
    { field: "step_name", title: "step" },
    { field: "ess", title: "ESS (%)", format: ".1f" },
    { field: "overlap", title: "overlap (%)", format: ".1f" },
  ];
  const label = { x, y: share("ess"), text: { field: "ess", type: "quantitative", format: ".0f" } };
  const scale = { domain: ["ESS", "overlap"], range: COLOURS.slice(0, 2) };
  const color = (name: string): object => ({ datum: name, scale, title: null, legend: { orient: "top", offset: 4 } });
  const { layer } = ladderChart(ladder) as { layer: { encoding: object }[] };
  const expectations = {
    width,
    height: 130,
    data: csvData({
      step: rungs.map((_, i) => i + 0.5),
      step_name: rungs.map((_, i) => `${names[i]} → ${names[i + 1]}`),
      ess: rungs.map(({ ess }) => 100 * ess),
      overlap: rungs.map(({ overlap }) => 100 * overlap),
    }),
    layer: [
      {
        mark: { type: "bar", opacity: 1, width: Math.min(28, (0.6 * width) / ladder.length) },
        encoding: { x, y: share("ess"), color: color("ESS"), tooltip },
      },
      {
        // Inside the bar, above which the overlap stands; a short bar has no room, and its overlap is far away.
        transform: [{ filter: "datum.ess >= 15" }],
        mark: { type: "text", dy: 9, fontSize: 10, color: "white" },
        encoding: label,
      },
      {
        transform: [{ filter: "datum.ess < 15" }],
        mark: { type: "text", dy: -6, fontSize: 10, color: INK },
        encoding: label,
      },
      {
        mark: { type: "tick", orient: "horizontal", thickness: 3, size: 22, opacity: 1 },
        encoding: { x, y: share("overlap"), color: color("overlap"), tooltip },
      },
    ],
  };
  const refinements = rungs.filter(({ from, to }) => from === to).length;
  const steps = [
    count(rungs.length - refinements, "step"),
    ...(refinements > 0 ? [count(refinements, "refinement")] : []),
  ].join(" and ");
  return chart({
    title: `${steps} at a heat capacity of ${heatCapacity.toPrecision(3)} k`,
    spacing: 12,
    resolve: { legend: { color: "independent" } },
    vconcat: [
      {
        width,
        height: 170,
        data: csvData({ step: ladder.map((_, i) => i), temperature: ladder }),
        layer: layer.map((one) => ({ ...one, encoding: { ...one.encoding, x: { ...x, title: null } } })),
      },
      expectations,
    ],
  });
}
