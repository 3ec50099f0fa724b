/** `tabg ground-truth`: reference samples of a molecule by parallel tempering. */
import path from "node:path";
import { meanEstimate } from "../evaluate/logz";
import { dataPath } from "../io/paths";
import { formatDuration, formatNumber } from "../notebook/numbers";
import {
  GROUND_TRUTH,
  GROUND_TRUTH_PRESETS,
  GROUND_TRUTH_SYSTEMS,
  type GroundTruthPreset,
  type GroundTruthSystem,
} from "../sample/presets";
import { type GroundTruthProgress, runGroundTruth } from "../sample/run";
import type { GroundTruthRecord } from "../sample/truth-record";
import type { EndSummary } from "../sample/summary";
import { interruptible } from "./interruptible";
import { parseCommand, parseSeed, requireOneOf, type Streams } from "./usage";

/** What is to be sampled, and where it goes. */
export interface GroundTruthArguments {
  readonly system: GroundTruthSystem;
  readonly preset: GroundTruthPreset;
  readonly seed: number;
  readonly out: string;
  readonly resume: boolean;
}

/** The call that the arguments describe. */
export function parseGroundTruth(args: readonly string[]): GroundTruthArguments {
  const { positionals, options, flags } = parseCommand("ground-truth", args, {
    positionals: ["SYSTEM"],
    options: ["preset", "seed", "out"],
    flags: ["resume"],
  });
  const system = requireOneOf("ground-truth", "system", positionals[0]!, GROUND_TRUTH_SYSTEMS);
  const preset = requireOneOf("ground-truth", "preset", options.preset ?? "smoke", GROUND_TRUTH_PRESETS);
  const seed = parseSeed("ground-truth", options.seed);
  // The data that evaluations compare with is not overwritten by a trial.
  const folder = preset === "full" ? dataPath(system, "ground-truth") : path.join("runs", `${system}-ground-truth`);
  return { system, preset, seed, out: options.out ?? folder, resume: flags.includes("resume") };
}

/** Runs it. Ctrl-C ends it with a checkpoint, from which `--resume` goes on. */
export async function groundTruthCommand(args: readonly string[], streams: Streams): Promise<number> {
  const call = parseGroundTruth(args);
  const { versions } = require("../experiments/versions") as typeof import("../experiments/versions");
  let shown = performance.now();
  const onProgress = (progress: GroundTruthProgress): void => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    streams.note(progressLine(progress));
  };
  const settings = GROUND_TRUTH[call.system][call.preset];
  const record = await interruptible((signal) =>
    runGroundTruth({
      ...call,
      settings,
      versions: versions(),
      onProgress,
      onNote: (line) => streams.note(line),
      signal,
    }),
  );
  if (record === null) {
    streams.note(`tabg: ground-truth: interrupted; the same call with --resume goes on from ${call.out}`);
    return 1;
  }
  for (const line of summariseGroundTruth(record)) streams.out(line);
  streams.out(`files     ${call.out}`);
  return 0;
}

function progressLine({ isWarmUp, sweep, sweeps, secondsLeft, acceptance }: GroundTruthProgress): string {
  return (
    `${isWarmUp ? "warm-up" : "sampling"}: sweep ${formatNumber(sweep)} of ${formatNumber(sweeps)}, ` +
    `${formatDuration(secondsLeft)} left, acceptance ${meanEstimate(acceptance).value.toFixed(2)}`
  );
}

/** The record's main numbers, a line each. */
export function summariseGroundTruth(record: GroundTruthRecord): string[] {
  const { system, preset, seed, settings, temperatures, acceptance, turned, swapRates, roundTrips } = record;
  const list = (values: readonly number[], digits: number): string => values.map((v) => v.toFixed(digits)).join(", ");
  const end = ({ temperature, frames, energy, virial, ess, rhat, leftHanded }: EndSummary): string[] => [
    `${temperature.toFixed(0).padEnd(4)} K    ${formatNumber(frames)} frames, worth at least ${Math.floor(least(ess))} by the slowest torsion; ` +
      `largest R-hat ${most(rhat).toFixed(3)}`,
    `          energy ${energy.value.toFixed(2)} +- ${energy.error.toFixed(2)} kJ/mol, virial ${virial.value.toFixed(4)} +- ${virial.error.toFixed(4)} (exactly 1)`,
    `          phi > 0: ${leftHanded.map(({ share }) => `${(100 * share.value).toFixed(2)} +- ${(100 * share.error).toFixed(2)} %`).join(", ")}`,
  ];
  return [
    `run       ${system}, preset ${preset}, seed ${seed}: ${settings.runs} runs of ${record.sweeps} sweeps`,
    `ladder    ${list(temperatures, 0)} K`,
    `rates     acceptance ${list(acceptance, 2)}; turns ${list(turned, 2)}; swaps ${list(swapRates, 2)}; round trips ${list(roundTrips, 0)}`,
    ...end(record.cold),
    ...end(record.hot),
    `cost      ${formatNumber(record.evaluations)} target evaluations, ${formatDuration(record.wallSeconds)}`,
  ];
}

/** Torsions that never moved have neither an ESS nor an R-hat. */
const known = (values: readonly number[]): number[] => values.filter((value) => !Number.isNaN(value));
const least = (values: readonly number[]): number => Math.min(...known(values));
const most = (values: readonly number[]): number => Math.max(...known(values));
