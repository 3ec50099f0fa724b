/** What a run is compared with, and what the baseline learns from: the target's own samples at the last temperature. */
import { existsSync } from "node:fs";
import type { Frames } from "../coords/convert";
import type { CoordinateSpec } from "../coords/spec";
import { createRng } from "../numerics/random";
import { takeRows } from "../numerics/rows";
import { dataPath } from "../io/paths";
import { type GroundTruth, loadGroundTruth } from "../sample/store";
import { loadMixture, sampleMixture } from "../target/gmm";
import { type Experiment, finalTemperature } from "./experiment";

/** Points; the mixture has one run and no Ramachandran histograms. */
export interface Truth extends Frames, Pick<GroundTruth, "runs" | "ramachandran"> {
  /** Target evaluations that the simulation has cost; 0 for exact samples. */
  readonly evaluations: number;
}

export interface TruthOptions {
  /** Frames of a simulation go to training and to evaluation in turn, so that both see every run and no frame is both. */
  readonly use: "training" | "evaluation";
  /** How many exact samples of the mixture, or at the most of a molecule's frames, evenly spaced; null: all frames. */
  readonly samples: number | null;
  readonly seed: number;
  /** Of the flow, if its rotors are folded or its impropers confined. */
  readonly coordinates?: CoordinateSpec | undefined;
}

/** Whether there is a truth for a system; of a molecule once its ground truth has been made. */
export function hasTruth(system: string): boolean {
  return system === "gmm" || existsSync(dataPath(system, "ground-truth", "record.json"));
}

/** Why a run cannot be compared with the truth, in words; null if it can. */
export function lackOfTruth(experiment: Experiment): string | null {
  const { system } = experiment;
  if (!hasTruth(system)) {
    return (
      `missing ground truth of ${system}, expected data/${system}/ground-truth; ` +
      `make it with npm run ground-truth -- ${system} --preset full`
    );
  }
  const [ends, wanted] = [finalTemperature(experiment), system === "gmm" ? 1 : 300];
  if (ends === wanted) return null;
  return `invalid run (got one that ends at ${ends}), expected one to ${wanted}, where the truth of ${system} is`;
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
  const kept = spaced(everySecond(frames, first), samples);
  return { ...kept, coordinates: frames.coordinates, ramachandran, evaluations: record.evaluations };
}

type Kept = Pick<Truth, "n" | "x" | "dof" | "runs">;

/** The rows, in ascending order, and how many of them are of each run. */
function takeFrames({ x, dof, runs }: Pick<Kept, "x" | "dof" | "runs">, rows: readonly number[]): Kept {
  let [start, taken] = [0, 0];
  const counts = runs.map((count) => {
    const before = taken;
    start += count;
    while (taken < rows.length && rows[taken]! < start) taken++;
    return taken - before;
  });
  return { n: rows.length, dof, x: takeRows(x, dof, rows), runs: counts };
}

/** At most so many frames, evenly spaced over all runs. */
function spaced(frames: Kept, count: number | null): Kept {
  if (count === null || count >= frames.n) return frames;
  return takeFrames(
    frames,
    Array.from({ length: count }, (_, k) => Math.floor((k * frames.n) / count)),
  );
}

/** Every second frame of each run, from its `first` on. */
export function everySecond(frames: Pick<Kept, "x" | "dof" | "runs">, first: 0 | 1): Kept {
  let start = 0;
  const rows = frames.runs.flatMap((count) => {
    const from = start + first;
    start += count;
    return Array.from({ length: Math.ceil((count - first) / 2) }, (_, k) => from + 2 * k);
  });
  return takeFrames(frames, rows);
}
