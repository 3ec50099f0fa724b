/** What a run is compared with, and what the baseline learns from: the target's own samples at the last temperature. */
import { existsSync } from "node:fs";
import type { CoordinateSpec } from "../coords/spec";
import { createRng } from "../numerics/random";
import { dataPath } from "../io/paths";
import { type GroundTruth, loadGroundTruth } from "../sample/store";
import { loadMixture, sampleMixture } from "../target/gmm";

/** Points; the mixture has one run and no Ramachandran histograms. */
export interface Truth extends Pick<GroundTruth, "n" | "dof" | "x" | "runs" | "ramachandran"> {
  /** Target evaluations that the simulation has cost; 0 for exact samples. */
  readonly evaluations: number;
}

export interface TruthOptions {
  /** Frames of a simulation go to training and to evaluation in turn, so that both see every run and no frame is both. */
  readonly use: "training" | "evaluation";
  /** How many exact samples of the mixture, or at the most of a molecule's frames, evenly spaced; null: all frames. */
  readonly samples: number | null;
  readonly seed: number;
  /** Of the flow, if its rotors are folded. */
  readonly coordinates?: CoordinateSpec | undefined;
}

/** Where runs are compared with the truth, and with each other. */
export const truthTemperature = (system: string): number => (system === "gmm" ? 1 : 300);

/** Whether there is a truth for a system; of a molecule once its ground truth has been made. */
export function hasTruth(system: string): boolean {
  return system === "gmm" || existsSync(dataPath(system, "ground-truth", "record.json"));
}

/** @throws Error if a molecule's ground truth has not been made, with the call that makes it; RangeError without a number of exact samples. */
export function loadTruth(system: string, { use, samples, seed, coordinates }: TruthOptions): Truth {
  const first = use === "training" ? 0 : 1;
  if (system === "gmm") {
    if (samples === null) throw new RangeError("loadTruth: invalid samples (got null for gmm), expected how many");
    const x = sampleMixture(loadMixture(), samples, createRng(seed, 5 + first));
    return { n: samples, dof: 2, x, runs: [samples], ramachandran: [], evaluations: 0 };
  }
  const { ramachandran, record, ...frames } = loadGroundTruth(system, { coordinates });
  return { ...spaced(everySecond(frames, first), samples), ramachandran, evaluations: record.evaluations };
}

/** At most so many frames, evenly spaced over all runs. */
function spaced(frames: Pick<Truth, "n" | "x" | "dof" | "runs">, count: number | null): typeof frames {
  const { n, dof, x, runs } = frames;
  if (count === null || count >= n) return frames;
  const rows = Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));
  const kept = new Float32Array(count * dof);
  rows.forEach((row, k) => kept.set(x.subarray(row * dof, (row + 1) * dof), k * dof));
  const ends = runs.map((_, k) => runs.slice(0, k + 1).reduce((sum, length) => sum + length, 0));
  return {
    n: count,
    dof,
    x: kept,
    runs: ends.map((end, k) => rows.filter((row) => row < end && row >= end - runs[k]!).length),
  };
}

/** Every second frame of each run, from its `first` on. */
export function everySecond(
  { x: all, dof, runs: frames }: Pick<Truth, "x" | "dof" | "runs">,
  first: 0 | 1,
): Pick<Truth, "n" | "x" | "dof" | "runs"> {
  const runs = frames.map((count) => Math.ceil((count - first) / 2));
  const n = runs.reduce((sum, count) => sum + count, 0);
  const x = new Float32Array(n * dof);
  let start = 0;
  let row = 0;
  for (const count of frames) {
    for (let frame = start + first; frame < start + count; frame += 2, row++) {
      x.set(all.subarray(frame * dof, (frame + 1) * dof), row * dof);
    }
    start += count;
  }
  return { n, dof, x, runs };
}
