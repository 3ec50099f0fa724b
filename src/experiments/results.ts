/** The results table: rows from records of runs, several seeds of one experiment as one row, beside the published ones. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { evaluationsOf, finalBasins, readRecord, type RunRecord } from "../io/record";
import { changesOf } from "./change";
import type { Difference } from "./differences";
import { type Experiment, METHODS, type PresetName, PRESETS, SYSTEMS } from "./experiment";
import { type Published, PUBLISHED } from "./published";
import type { TruthMetrics } from "./record";

/** A mean over seeds, and their standard deviation; null with one seed. */
export interface Spread {
  readonly mean: number;
  readonly spread: number | null;
}

/** What is not known is null. */
export interface ResultRow {
  readonly system: string;
  readonly method: string;
  /** Of the runs; "published" for what others report. */
  readonly preset: string;
  /** Of experiments of one's own: the preset that they are closest to, if there is one, and what they change in it. */
  readonly base: PresetName | null;
  readonly changes: readonly Difference[];
  readonly seeds: readonly number[];
  /** As a share; the paper cuts the largest 0.01 % of the weights for it. */
  readonly ess: Spread | null;
  /** The same with every weight as it is. */
  readonly essUncut: Spread | null;
  readonly logZ: Spread | null;
  /** Upper bound of log Z, kT; of the mixture, whose log Z is 0, the forward KL to the truth. */
  readonly eubo: Spread | null;
  /** Ramachandran total variation from every sweep of the ground truth, of the samples as they are and reweighted. */
  readonly tv: Spread | null;
  readonly tvReweighted: Spread | null;
  /** The same from half of the truth's frames at equal counts, and that of the other half: what two sets of truth are apart. */
  readonly tvMatched: Spread | null;
  readonly tvFloor: Spread | null;
  /** Modes of the mixture that hold between half and twice their weight, reweighted. */
  readonly modes: Spread | null;
  /** Of the target; for learning from a simulation those of the simulation. */
  readonly evaluations: Spread | null;
  readonly wallSeconds: Spread | null;
  readonly remark: string;
}

/** The records below a data folder, `<system>/runs/<run>/record.json`. @throws Error naming one that cannot be read. */
export function findRecords(data: string): RunRecord[] {
  const folders = (at: string): string[] =>
    existsSync(at)
      ? readdirSync(at, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [path.join(at, e.name)] : []))
      : [];
  return folders(data)
    .flatMap((system) => folders(path.join(system, "runs")))
    .map((run) => path.join(run, "record.json"))
    .filter((file) => existsSync(file)) // a run under way has none yet
    .map(readRecord);
}

/** Of the numbers that there are; null if there are none. */
function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((value): value is number => typeof value === "number");
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : null };
}

/** The final ESS with every weight as it is; null in a record of before it was kept. */
export function uncutEss({ metrics }: Pick<RunRecord, "metrics">): number | null {
  const { effective, evaluationSamples } = metrics as { effective?: number | null; evaluationSamples?: number };
  return effective != null && evaluationSamples ? effective / evaluationSamples : null;
}

/** How many modes hold between half and twice their weight, reweighted; null unless the basins are the mixture's. */
export function modesFound(record: RunRecord): number | null {
  if (record.system !== "gmm") return null;
  const last = finalBasins(record);
  const isFound = (share: number | null): boolean => share !== null && share > 0.5 / last.size && share < 2 / last.size;
  return [...last.values()].filter(({ reweighted }) => isFound(reweighted)).length;
}

/** Of a molecule of one's own the ladder alone: no preset is near it. */
function ownSettings(experiment: Experiment): Pick<ResultRow, "base" | "changes"> {
  const found = changesOf(experiment);
  if (found) return { base: found.preset, changes: found.changes };
  const { anneal } = experiment;
  return { base: null, changes: anneal ? [{ place: "anneal.ladder", got: anneal.ladder, expected: null }] : [] };
}

/** One row from the records of an experiment's seeds. */
function rowOf(records: readonly RunRecord[]): ResultRow {
  const { system, method, preset, config } = records[0]!;
  const of = (value: (record: RunRecord, truth: TruthMetrics | null) => number | null | undefined): Spread | null =>
    spreadOf(records.map((record) => value(record, (record.metrics.truth ?? null) as TruthMetrics | null)));
  return {
    system,
    method,
    preset,
    ...(preset === "custom" ? ownSettings(config as unknown as Experiment) : { base: null, changes: [] }),
    seeds: records.map(({ seed }) => seed),
    ess: of(({ essFinal }) => essFinal),
    essUncut: of(uncutEss),
    logZ: of(({ logZ }) => logZ),
    eubo: of((_, truth) => truth?.forward?.eubo.value),
    tv: of((_, truth) => truth?.sweepTv?.plain),
    tvReweighted: of((_, truth) => truth?.sweepTv?.reweighted),
    tvMatched: of((_, truth) => truth?.ramachandranTv?.matched),
    tvFloor: of((_, truth) => truth?.ramachandranTv?.floor),
    modes: of(modesFound),
    evaluations: of(evaluationsOf),
    wallSeconds: of(({ wallSeconds }) => wallSeconds),
    remark: "",
  };
}

function publishedRow({ system, method, ess, eubo, tv, evaluations, remark = "" }: Published): ResultRow {
  const known = (mean: number): Spread => ({ mean, spread: null });
  const untold = { essUncut: null, logZ: null, tvReweighted: null, tvMatched: null, tvFloor: null };
  const unknown = { ...untold, modes: null, wallSeconds: null };
  const numbers = { ess: known(ess), eubo: known(eubo), tv: known(tv), evaluations: known(evaluations) };
  return { system, method, preset: "published", base: null, changes: [], seeds: [], ...unknown, ...numbers, remark };
}

/** Unknown names come last. */
const placeIn = (names: readonly string[], name: string): number =>
  names.includes(name) ? names.indexOf(name) : names.length;

/** All rows, by system, method and preset, each method's published one last. Every other row has a record behind it. */
export function resultRows(records: readonly RunRecord[]): ResultRow[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of [...records].sort((a, b) => a.seed - b.seed)) {
    const { system, method, preset, config } = record;
    // Only a preset says by its name what was run.
    const key = [system, method, preset, ...(preset === "custom" ? [JSON.stringify(config)] : [])].join();
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...[...groups.values()].map(rowOf), ...PUBLISHED.map(publishedRow)].sort(
    (a, b) =>
      placeIn(SYSTEMS, a.system) - placeIn(SYSTEMS, b.system) ||
      placeIn(METHODS, a.method) - placeIn(METHODS, b.method) ||
      placeIn(PRESETS, a.preset) - placeIn(PRESETS, b.preset),
  );
}
