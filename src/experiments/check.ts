/** What the numbers of an experiment can be, asked for before anything is made of them: a batch of 100.5 would be found out after hours. */
import { isObject } from "../io/fields";
import type { Experiment } from "./experiment";

/** What a number can be, also in words. */
interface Kind {
  readonly holds: (value: number) => boolean;
  readonly words: string;
}

const whole = (least: 0 | 1): Kind => ({
  holds: (value) => Number.isSafeInteger(value) && value >= least,
  words: `a whole number from ${least}`,
});
const [FROM_0, FROM_1] = [whole(0), whole(1)];
/** Of 1 there would be none of the other part. */
const PART: Kind = { holds: (value) => value >= 0 && value < 1, words: "a number from 0 to below 1" };
const SHARE: Kind = { holds: (value) => value >= 0 && value <= 1, words: "a number from 0 to 1" };

/** Numbers by their names; null, where an option may be off, is none. */
const KINDS: Readonly<Record<string, Kind>> = {
  couplings: FROM_1,
  hidden: FROM_1,
  layers: FROM_1,
  bins: FROM_1,
  seed: FROM_0,
  iterations: FROM_0,
  warmup: FROM_0,
  batch: FROM_1,
  samples: FROM_1,
  maxSamples: FROM_0,
  effective: FROM_0,
  buffer: FROM_1,
  reuse: FROM_0,
  refinements: FROM_0,
  rungs: FROM_0,
  maxExtraRefinements: FROM_0,
  maxRounds: FROM_1,
  walkers: FROM_1,
  leapfrogs: FROM_1,
  turns: FROM_0,
  rounds: FROM_0,
  sweeps: FROM_0,
  memory: FROM_1,
  iterationsPerSweep: FROM_1,
  levels: FROM_0,
  updates: FROM_1,
  leastBatches: FROM_1,
  mostBatches: FROM_1,
  evaluationSamples: FROM_1,
  averageDecay: PART,
  clip: PART,
  acceptance: PART,
  jitter: PART,
  stepEss: SHARE,
  essBelow: SHARE,
  essFloor: SHARE,
};

/** @throws RangeError naming the first number that cannot be. */
export function checkExperiment({ system, method, preset, ...settings }: Experiment): void {
  checkNumbers(settings, `${system} ${method} ${preset}`, "");
}

function checkNumbers(options: object, what: string, place: string): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const at = place ? `${place}.${name}` : name;
    if (isObject(value)) {
      checkNumbers(value, what, at);
      continue;
    }
    const kind = KINDS[name];
    if (kind === undefined) continue;
    const bad = [value ?? []].flat().find((one) => !(typeof one === "number" && kind.holds(one)));
    if (bad === undefined) continue;
    throw new RangeError(`experiment ${what}: invalid ${at} (got ${JSON.stringify(value)}), expected ${kind.words}`);
  }
}
