/** What the numbers of an experiment can be, asked for before anything is made of them: a batch of 100.5 would be found out after hours. */
import { isObject } from "../io/fields";
import type { Experiment } from "./experiment";

/** Whole numbers by their names, and from which on; null, where an option may be off, is none. */
const COUNTS: Readonly<Record<string, 0 | 1>> = {
  couplings: 1,
  hidden: 1,
  layers: 1,
  bins: 1,
  seed: 0,
  iterations: 0,
  warmup: 0,
  batch: 1,
  samples: 1,
  maxSamples: 0,
  effective: 0,
  buffer: 1,
  reuse: 0,
  refinements: 0,
  rungs: 0,
  maxExtraRefinements: 0,
  maxRounds: 1,
  walkers: 1,
  leapfrogs: 1,
  turns: 0,
  rounds: 0,
  sweeps: 0,
  memory: 1,
  iterationsPerSweep: 1,
  levels: 0,
  updates: 1,
  leastBatches: 1,
  mostBatches: 1,
  evaluationSamples: 1,
};

/** @throws RangeError naming the first count that is none. */
export function checkExperiment({ system, method, preset, ...settings }: Experiment): void {
  checkCounts(settings, `${system} ${method} ${preset}`, "");
}

function checkCounts(options: object, what: string, place: string): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const at = place ? `${place}.${name}` : name;
    if (isObject(value)) {
      checkCounts(value, what, at);
      continue;
    }
    const least = COUNTS[name];
    if (least === undefined) continue;
    const bad = [value ?? []].flat().find((one) => !(Number.isSafeInteger(one) && (one as number) >= least));
    if (bad === undefined) continue;
    throw new RangeError(
      `experiment ${what}: invalid ${at} (got ${JSON.stringify(value)}), expected a whole number from ${least}`,
    );
  }
}
