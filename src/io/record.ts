/** The record of a run, `record.json`: what was run, what came out and what it cost; every reported number comes from one of these. */
import path from "node:path";
import { writeTextAtomically } from "./atomic";
import {
  checkFields,
  count,
  counts,
  duration,
  list,
  metric,
  metrics,
  readFields,
  type Rules,
  table,
  text,
} from "./fields";

/** Numbers that a run may be unable to give (too few samples, not finite) are null. Counts are plain numbers. */
export interface RunRecord {
  readonly system: string;
  readonly method: string;
  readonly preset: string;
  readonly seed: number;
  /** Library, provider and threads, for people. */
  readonly engine: string;
  /** Reverse ESS at the last temperature, as a share. */
  readonly essFinal: number | null;
  /** Reverse ESS when the flow of the first temperature is reweighted straight to the last. */
  readonly essDirect: number | null;
  readonly essPerRung: readonly (number | null)[];
  /** Evaluations of the target energy for training, with and without gradient; `evaluationsOf` counts those of a simulation that was learned from too. */
  readonly evaluations: number;
  /** The same apart: energies alone, and energies with gradient. */
  readonly evaluationsByKind: { readonly energies: number; readonly gradients: number };
  /** Steps of the optimiser. */
  readonly gradientSteps: number;
  readonly wallSeconds: number;
  readonly logZ: number | null;
  readonly logZError: number | null;
  /** How much of the samples lies where, rung by rung. */
  readonly basins: readonly BasinRecord[];
  readonly losses: readonly LossRecord[];
  /** The experiment's settings as they were run. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Versions of this package, of Node and of what else decides the numbers. */
  readonly versions: Readonly<Record<string, string>>;
  /** Whatever else a run reports, by name. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** One basin at one rung; shares and errors as in `basinShare`. */
export interface BasinRecord {
  readonly basin: string;
  readonly temperature: number;
  readonly sampled: number | null;
  readonly sampledError: number | null;
  readonly reweighted: number | null;
  readonly reweightedError: number | null;
  readonly samples: number;
  readonly effective: number | null;
}

/** The loss of one stage of training, thinned or not: `values[i]` belongs to iteration `iterations[i]`. */
export interface LossRecord {
  readonly stage: string;
  readonly temperature: number;
  readonly iterations: readonly number[];
  readonly values: readonly (number | null)[];
}

/** The last record of every basin, of the finished flow, by name. */
export const finalBasins = ({ basins }: Pick<RunRecord, "basins">): ReadonlyMap<string, BasinRecord> =>
  new Map(basins.map((basin) => [basin.basin, basin]));

/** What a run has cost, the simulation that it learned from counted too. */
export function evaluationsOf({ evaluations, metrics }: Pick<RunRecord, "evaluations" | "metrics">): number {
  return evaluations + ((metrics.dataEvaluations as number | undefined) ?? 0);
}

/** Writes `record.json` into the run's folder, whole or not at all; numbers that are not finite become null. Returns its path. */
export function writeRecord(folder: string, record: RunRecord): string {
  const file = path.join(folder, "record.json");
  writeTextAtomically(file, JSON.stringify(checkFields(file, asPlainData(record), RULES), null, 1) + "\n");
  return file;
}

/** @throws Error naming the file and the first field that is missing or of the wrong kind. */
export const readRecord = (file: string): RunRecord =>
  readFields(file, { place: "readRecord", rules: RULES, remedy: "run the experiment again" });

const RULES: Rules<RunRecord> = {
  system: text,
  method: text,
  preset: text,
  seed: count,
  engine: text,
  essFinal: metric,
  essDirect: metric,
  essPerRung: metrics,
  evaluations: count,
  evaluationsByKind: counts,
  gradientSteps: count,
  wallSeconds: duration,
  logZ: metric,
  logZError: metric,
  basins: list,
  losses: list,
  config: table,
  versions: table,
  metrics: table,
};

/** What will be read back: typed arrays become arrays, and numbers that JSON cannot hold null. */
function asPlainData(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (ArrayBuffer.isView(inner) ? [...(inner as Float64Array)] : inner)),
  ) as unknown;
}
