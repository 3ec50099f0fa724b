/** Ground truth on disk: frames, histograms and moments as .npy, beside the record of how they came about. */
import { existsSync } from "node:fs";
import path from "node:path";
import { convertFrames } from "../coords/convert";
import { createScaling } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { RAMACHANDRAN_AXIS } from "../evaluate/ramachandran";
import { writeFilesAtomically, type PendingFile } from "../io/atomic";
import { encodeNpy, readNpy } from "../io/npy";
import { dataPath } from "../io/paths";
import type { Histogram } from "../numerics/histogram";
import { takeRows } from "../numerics/rows";
import type { GroundTruthSetup, GroundTruthState } from "./ground-truth";
import type { EndSummary } from "./summary";
import { type GroundTruthRecord, readGroundTruthRecord, RECORD } from "./truth-record";

/** Of the hottest frames every fourth is stored: enough to compare with, and small enough to ship. */
const STRIDES = { cold: 1, hot: 4 };

/** Names of the files at a temperature. */
export function groundTruthFiles(temperature: number): { frames: string; ramachandran: string; moments: string } {
  const kelvin = `${Math.round(temperature)}K.npy`;
  return { frames: `frames-${kelvin}`, ramachandran: `ramachandran-${kelvin}`, moments: `moments-${kelvin}` };
}

/**
 * Writes, at both temperatures, frames [n, dof] (x in f32, run after run; of the hot ones every fourth), Ramachandran counts of every sweep [residues, 100, 100] and
 * means of x, x^2, cos(2 pi x), sin(2 pi x) of every sweep [dof, 4]; and `record.json`. All files appear, or none.
 */
export function writeGroundTruth(
  folder: string,
  { space: { dof }, pairs }: GroundTruthSetup,
  { trace }: GroundTruthState,
  record: GroundTruthRecord,
): void {
  const { bins } = RAMACHANDRAN_AXIS;
  const { runs, frames } = record.settings;
  const files = (["cold", "hot"] as const).flatMap((name, end): PendingFile[] => {
    const names = groundTruthFiles(record[name].temperature);
    const half = <T extends Float32Array | Float64Array>(data: T): T =>
      data.subarray((end * data.length) / 2, ((end + 1) * data.length) / 2) as T;
    const histograms = sumRuns(half(trace.histograms), runs);
    const moments = sumRuns(half(trace.moments), runs).map((sum) => sum / (runs * trace.sweeps));
    const pending = (name: string, chunks: Uint8Array[]): PendingFile => ({ file: path.join(folder, name), chunks });
    const kept = thin(half(trace.frames), { runs, frames, dof }, STRIDES[name]);
    return [
      pending(names.frames, encodeNpy(kept, [kept.length / dof, dof])),
      pending(names.ramachandran, encodeNpy(histograms, [pairs.length, bins, bins])),
      pending(names.moments, encodeNpy(moments, [dof, 4])),
    ];
  });
  const text = JSON.stringify(record, null, 1) + "\n";
  writeFilesAtomically([...files, { file: path.join(folder, RECORD), chunks: [Buffer.from(text, "utf8")] }]);
}

/** Every `stride`-th frame of each run, from the first. */
function thin(
  x: Float32Array,
  { runs, frames, dof }: { readonly runs: number; readonly frames: number; readonly dof: number },
  stride: number,
): Float32Array {
  const perRun = Math.ceil(frames / stride);
  const rows = Array.from({ length: runs * perRun }, (_, k) => Math.floor(k / perRun) * frames + (k % perRun) * stride);
  return takeRows(x, dof, rows);
}

/** Samples of a molecule at a temperature that others are compared with. */
export interface GroundTruth {
  readonly n: number;
  readonly dof: number;
  /** [n, dof] in [0, 1], run after run. */
  readonly x: Float32Array;
  /** That x is of; null: the shipped ones of the molecule. */
  readonly coordinates: CoordinateSpec | null;
  /** Frames of each independent run. */
  readonly runs: readonly number[];
  /** One Ramachandran histogram per residue, of every sweep and not of the frames alone. */
  readonly ramachandran: readonly Histogram[];
  readonly summary: EndSummary;
  readonly record: GroundTruthRecord;
}

/**
 * The ground truth of a shipped molecule at the coldest or the hottest temperature of its ladder.
 * @param options.folder where `npm run ground-truth` wrote it, if not in the package's data.
 * @param options.coordinates of the flow to compare with, if its rotors are folded or its impropers confined: `run.setup.molecule.coordinates`.
 * @throws Error if a file is missing or is not what that command writes.
 */
export function loadGroundTruth(
  system: string,
  {
    temperature = 300,
    folder = dataPath(system, "ground-truth"),
    coordinates = null,
  }: {
    readonly temperature?: number;
    readonly folder?: string;
    readonly coordinates?: CoordinateSpec | null | undefined;
  } = {},
): GroundTruth {
  const names = groundTruthFiles(temperature);
  for (const name of [names.frames, names.ramachandran, RECORD]) {
    if (existsSync(path.join(folder, name))) continue;
    throw new Error(
      `loadGroundTruth: missing file ${path.join(folder, name)}, expected that of ${temperature} K; make those of 300 and 1200 K with ` +
        `npm run ground-truth -- ${system} --preset full, those of 600 K with --preset warm, or name the folder where others are`,
    );
  }
  const record = readGroundTruthRecord(path.join(folder, RECORD));
  const { shape, data: x } = readNpy(path.join(folder, names.frames));
  if (shape.length !== 2 || !(x instanceof Float32Array)) {
    throw new Error(
      `loadGroundTruth: invalid file ${path.join(folder, names.frames)} (got shape [${shape.join(", ")}]), expected [n, dof] of f4`,
    );
  }
  const [n, dof] = shape as [number, number];
  const expected = coordinates && createScaling(coordinates).index.length;
  if (expected !== null && expected !== dof) {
    throw new RangeError(
      `loadGroundTruth: mismatched coordinates (got ${expected} degrees of freedom for those of ${system}), expected the ${dof} of its frames`,
    );
  }
  const counts = Float64Array.from(readNpy(path.join(folder, names.ramachandran)).data);
  const size = RAMACHANDRAN_AXIS.bins ** 2;
  const { runs } = record.settings;
  return {
    n,
    dof,
    x: coordinates ? convertFrames(coordinates, x) : x,
    coordinates,
    runs: new Array<number>(runs).fill(n / runs),
    ramachandran: Array.from({ length: counts.length / size }, (_, pair) => ({
      axes: [RAMACHANDRAN_AXIS, RAMACHANDRAN_AXIS],
      weights: counts.subarray(pair * size, (pair + 1) * size),
      dropped: 0,
    })),
    summary: Math.abs(record.cold.temperature - temperature) < 0.5 ? record.cold : record.hot,
    record,
  };
}

/** [runs, ...] summed over its first axis. */
function sumRuns(data: Float64Array, runs: number): Float64Array {
  const size = data.length / runs;
  return Float64Array.from({ length: size }, (_, k) => {
    let sum = 0;
    for (let run = 0; run < runs; run++) sum += data[run * size + k]!;
    return sum;
  });
}
