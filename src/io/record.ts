/** The record of a run, `record.json`: what was run, what came out and what it cost; every reported number comes from one of these. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { writeTextAtomically } from "./atomic";

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
  /** Evaluations of the target energy in all, with and without gradient. */
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

/** Writes `record.json` into the run's folder, whole or not at all; numbers that are not finite become null. Returns its path. */
export function writeRecord(folder: string, record: RunRecord): string {
  const file = path.join(folder, "record.json");
  writeTextAtomically(file, JSON.stringify(validate(file, asPlainData(record)), null, 1) + "\n");
  return file;
}

/** @throws Error naming the file and the first field that is missing or of the wrong kind. */
export function readRecord(file: string): RunRecord {
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(
      `readRecord: missing or invalid file ${file} (${(cause as Error).message}); run the experiment again`,
      {
        cause,
      },
    );
  }
  return validate(file, record);
}

type Rule = readonly [expected: string, holds: (value: unknown) => boolean];

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const text: Rule = ["a text", (value) => typeof value === "string" && value !== ""];
const count: Rule = ["a non-negative integer", (value) => Number.isSafeInteger(value) && (value as number) >= 0];
const metric: Rule = ["a number or null", (value) => value === null || isNumber(value)];
const counts: Rule = [
  "an object of counts",
  (value) => isObject(value) && Object.values(value as object).every(count[1]),
];
const table: Rule = ["an object", isObject];
const metrics: Rule = ["an array of numbers or nulls", (value) => Array.isArray(value) && value.every(metric[1])];
const list: Rule = ["an array of objects", (value) => Array.isArray(value) && value.every(isObject)];

const RULES: Readonly<Record<keyof RunRecord, Rule>> = {
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
  wallSeconds: ["a non-negative number", (value) => isNumber(value) && value >= 0],
  logZ: metric,
  logZError: metric,
  basins: list,
  losses: list,
  config: table,
  versions: table,
  metrics: table,
};

function validate(file: string, record: unknown): RunRecord {
  const fields = isObject(record) ? (record as Record<string, unknown>) : {};
  for (const [name, [expected, holds]] of Object.entries(RULES)) {
    if (!holds(fields[name])) {
      const found = fields[name] === undefined ? "missing" : "invalid";
      const shown = (JSON.stringify(fields[name]) ?? "nothing").slice(0, 80);
      throw new Error(`record ${file}: ${found} field ${name} (got ${shown}), expected ${expected}`);
    }
  }
  return record as RunRecord;
}

/** What will be read back: typed arrays become arrays, and numbers that JSON cannot hold null. */
function asPlainData(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (ArrayBuffer.isView(inner) ? [...(inner as Float64Array)] : inner)),
  ) as unknown;
}
