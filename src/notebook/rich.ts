/** What the package's own values look like at the end of a cell: each as the charts and tables that a person wants to see of it. */
import type { Experiment } from "../experiments/experiment";
import type { Run } from "../experiments/run";
import type { RunRecord } from "../io/record";
import type { MolecularSystem } from "../target/molecule";
import type { Samples } from "../target/samples";
import type { LadderForecast } from "../train/forecast";
import { type Evaluation } from "../evaluate/evaluate";
import { evaluationTable } from "../evaluate/table";
import { forecastChart } from "./charts/forecast";
import type { ChartSpec } from "./charts/style";
import type { Comparison } from "./compare";
import { type Drawing, moleculeDrawing } from "./molecule";
import { experimentTable, metricsTable, overviewTable, rungTable } from "./run-tables";
import { samplesTable, systemTable } from "./value-tables";
import { table, type Table } from "./tables";

/** What is drawn as it is. */
export type Content = ChartSpec | Table | Drawing;
export type Showable =
  Content | Comparison | Evaluation | Experiment | LadderForecast | MolecularSystem | Run | RunRecord | Samples;

/** A kind of value: the fields by which it is known, and what is shown of it. */
type Kind = readonly [fields: readonly string[], contents: (value: never) => Content[]];

const kind = <T>(fields: readonly (keyof T & string)[], contents: (value: T) => Content[]): Kind => [fields, contents];

const KINDS: readonly Kind[] = [
  kind<Table>(["columns", "html", "text"], (value) => [value]),
  kind<Drawing>(["svg", "description"], (value) => [value]),
  kind<Comparison>(["table", "chart"], (value) => [value.table, value.chart]),
  kind<Run>(["experiment", "setup", "rungs"], (run) => [
    overviewTable(run),
    ...(run.rungs.length > 0 ? [rungTable(run)] : []),
  ]),
  kind<RunRecord>(["essPerRung", "evaluations", "config"], (record) => [metricsTable(record)]),
  kind<LadderForecast>(["ladder", "rungs", "heatCapacity"], (forecast) => [forecastChart(forecast)]),
  kind<MolecularSystem>(["system", "topology", "coordinates"], (molecule) => [
    systemTable(molecule),
    moleculeDrawing(molecule),
  ]),
  kind<Samples>(["n", "dof", "x", "logQ", "energy"], (samples) => [samplesTable(samples)]),
  kind<Evaluation>(["samples", "invalid", "energies", "marginals"], (evaluation) => [
    table(evaluationTable(evaluation)),
  ]),
  kind<Experiment>(["system", "method", "preset", "flow"], (experiment) => [experimentTable(experiment)]),
];

const isChart = (value: object): value is ChartSpec =>
  "$schema" in value && String(value.$schema).includes("vega.github.io/schema/vega-lite");

/** The charts and tables of a value, or null if it is none of ours. */
export function contentsOf(value: unknown): Content[] | null {
  if (typeof value !== "object" || value === null) return null;
  if (isChart(value)) return [value];
  const known = KINDS.find(([fields]) => fields.every((field) => field in value));
  return known ? known[1](value as never) : null;
}
