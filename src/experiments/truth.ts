/** What a run is compared with, and what the baseline learns from: the target's own samples at the last temperature. */
import { existsSync, readFileSync } from "node:fs";
import { createRng } from "../numerics/random";
import { dataPath } from "../io/paths";
import { groundTruthFiles, type GroundTruthRecord, loadGroundTruth } from "../sample/store";
import { loadMixture, sampleMixture } from "../target/gmm";
import type { SystemName } from "./experiment";

/** Points x [n, dof]; of a simulation, run after run. */
export interface Truth {
  readonly n: number;
  readonly dof: number;
  readonly x: Float32Array;
  /** Frames of each run. */
  readonly runs: readonly number[];
}

export interface TruthOptions {
  /** Frames of a simulation go to training and to evaluation in turn, so that both see every run and no frame is both. */
  readonly use: "training" | "evaluation";
  /** Of exact samples. */
  readonly samples: number;
  readonly seed: number;
}

/** Whether there is a truth for a system; of a molecule once its ground truth has been made. */
export function hasTruth(system: SystemName): boolean {
  return system === "gmm" || existsSync(dataPath(system, "ground-truth", groundTruthFiles(300).frames));
}

/** @throws Error if a molecule's ground truth has not been made, with the call that makes it. */
export function loadTruth(system: SystemName, { use, samples, seed }: TruthOptions): Truth {
  const first = use === "training" ? 0 : 1;
  if (system === "gmm") {
    const x = sampleMixture(loadMixture(), samples, createRng(seed, 5 + first));
    return { n: samples, dof: 2, x, runs: [samples] };
  }
  const { n: frames, dof, x: all } = loadGroundTruth(system);
  const { settings } = readGroundTruthRecord(system);
  const perRun = Math.floor((settings.frames - first + 1) / 2);
  const n = settings.runs * perRun;
  if (settings.runs * settings.frames !== frames) {
    throw new Error(
      `loadTruth: mismatched files of ${system} (got ${frames} frames), expected ${settings.runs} runs of ${settings.frames} as its record says`,
    );
  }
  const x = new Float32Array(n * dof);
  for (let run = 0, row = 0; run < settings.runs; run++) {
    for (let frame = first; frame < settings.frames; frame += 2, row++) {
      const at = (run * settings.frames + frame) * dof;
      x.set(all.subarray(at, at + dof), row * dof);
    }
  }
  return { n, dof, x, runs: new Array<number>(settings.runs).fill(perRun) };
}

/** Target evaluations that the truth has cost: those of its simulation, none for exact samples. */
export function truthEvaluations(system: SystemName): number {
  return system === "gmm" ? 0 : readGroundTruthRecord(system).evaluations;
}

function readGroundTruthRecord(system: string): GroundTruthRecord {
  return JSON.parse(readFileSync(dataPath(system, "ground-truth", "record.json"), "utf8")) as GroundTruthRecord;
}
