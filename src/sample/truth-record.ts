/** The record of a ground truth: how the data came about, and what it says. */
import { count, duration, estimate, fields, list, metrics, readFields, type Rules, table, text } from "../io/fields";
import type { GroundTruthSettings } from "./ground-truth";
import type { EndSummary, GroundTruthSummary } from "./summary";

/** How the data came about, beside what it says. */
export interface GroundTruthRecord extends GroundTruthSummary {
  readonly system: string;
  readonly preset: string;
  readonly seed: number;
  readonly command: string;
  readonly settings: GroundTruthSettings;
  /** Target evaluations with gradient, starts and warm-up included. */
  readonly evaluations: number;
  readonly wallSeconds: number;
  readonly versions: Readonly<Record<string, string>>;
}

export const RECORD = "record.json";
const END: Rules<EndSummary> = {
  temperature: duration,
  frames: count,
  energy: estimate,
  virial: estimate,
  ess: metrics,
  rhat: metrics,
  leftHanded: list,
};

const RULES: Rules<GroundTruthRecord> = {
  system: text,
  preset: text,
  seed: count,
  command: text,
  settings: table,
  evaluations: count,
  wallSeconds: duration,
  versions: table,
  sweeps: count,
  invalid: count,
  temperatures: metrics,
  stepSizes: metrics,
  acceptance: metrics,
  turned: metrics,
  swapRates: metrics,
  roundTrips: metrics,
  cold: fields(END),
  hot: fields(END),
};

/**
 * The record alone, for example of a second set of runs whose frames were not kept.
 * @throws Error naming the file and the first field that is missing or of the wrong kind.
 */
export const readGroundTruthRecord = (file: string): GroundTruthRecord =>
  readFields(file, { place: "readGroundTruthRecord", rules: RULES, remedy: "make it with npm run ground-truth" });
