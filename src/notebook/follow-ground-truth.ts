/** Ground truth as people make it in a notebook: live display, the stop button, and how to go on. */
import { existsSync } from "node:fs";
import path from "node:path";
import { meanEstimate } from "../evaluate/logz";
import { listCheckpoints } from "../io/checkpoint-series";
import { findGroundTruth } from "../sample/presets";
import { type GroundTruthProgress, runGroundTruth } from "../sample/run";
import { type GroundTruthRecord, readGroundTruthRecord, RECORD } from "../sample/truth-record";
import { Stopped } from "./follow";
import { formatNumber } from "./numbers";
import { createProgress, type Progress } from "./progress";
import { stoppableShown } from "./stoppable";

/**
 * Runs parallel tempering of a molecule with a live display, and writes its files to `folder`. The stop button ends it after the sweep under way, with a
 * checkpoint, from which the same call goes on; once all is done the same call reads the record.
 * @example await followGroundTruth("aldp", "../runs/aldp-truth"); loadGroundTruth("aldp", { folder: "../runs/aldp-truth" });
 * @throws Stopped if it was stopped; RangeError for a system or a preset that there is not; Error if the folder holds something else.
 */
export async function followGroundTruth(
  system: string,
  folder: string,
  { preset = "smoke", seed = 0 }: { readonly preset?: string; readonly seed?: number } = {},
): Promise<GroundTruthRecord> {
  const settings = findGroundTruth(system, preset);
  const resume = listCheckpoints(folder).length > 0;
  const file = path.join(folder, RECORD);
  if (!resume && existsSync(file)) return requireSame(readGroundTruthRecord(file), { system, preset, seed }, file);
  // What writes versions loads the engine: not before it is needed.
  const { versions } = require("../experiments/versions") as typeof import("../experiments/versions");
  const display = sweepsDisplay(system);
  const call = { system, preset, settings, seed, out: folder, resume, versions: versions(), onNote: console.warn };
  const record = await stoppableShown(display, (signal) =>
    runGroundTruth({ ...call, signal, onProgress: display.onProgress }),
  );
  if (record) return record;
  throw new Stopped(`Stopped after ${display.said()}; a checkpoint lies in ${folder}. Run this cell again to go on.`);
}

function requireSame(
  record: GroundTruthRecord,
  call: Pick<GroundTruthRecord, "system" | "preset" | "seed">,
  file: string,
): GroundTruthRecord {
  const name = ({ system, preset, seed }: typeof call): string => `${system}, preset ${preset}, seed ${seed}`;
  if (name(record) === name(call)) return record;
  throw new Error(
    `followGroundTruth: invalid folder (got ${file} of ${name(record)}), expected that of ${name(call)}, or none; choose another folder`,
  );
}

/** One display for the sweeps of warm-up and sampling. */
function sweepsDisplay(system: string): {
  readonly onProgress: (progress: GroundTruthProgress) => void;
  readonly said: () => string;
  readonly finish: (note: string) => void;
} {
  let progress: Progress | null = null;
  let done = "no sweep";
  return {
    onProgress({ sweep, sweeps, isWarmUp, acceptance }) {
      progress ??= createProgress({ title: `Parallel tempering of ${system}`, steps: sweeps, from: sweep - 1 });
      done = `sweep ${formatNumber(sweep)}`;
      const { value } = meanEstimate(acceptance);
      progress.update(sweep, { phase: isWarmUp ? "warm-up" : "sampling", acceptance: value.toFixed(2) });
    },
    said: () => done,
    finish: (note) => progress?.finish(note),
  };
}
