/** Ground truth on disk: frames, histograms and moments as .npy, and a record of how they came about. */
import { existsSync } from "node:fs";
import path from "node:path";
import { RAMACHANDRAN_AXIS } from "../evaluate/ramachandran";
import { writeFilesAtomically, type PendingFile } from "../io/atomic";
import { encodeNpy, readNpy } from "../io/npy";
import { dataPath } from "../io/paths";
import type { GroundTruthSettings, GroundTruthSetup, GroundTruthState } from "./ground-truth";
import type { GroundTruthSummary } from "./summary";

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

/** Names of the files at a temperature. */
export function groundTruthFiles(temperature: number): { frames: string; ramachandran: string; moments: string } {
  const kelvin = `${Math.round(temperature)}K.npy`;
  return { frames: `frames-${kelvin}`, ramachandran: `ramachandran-${kelvin}`, moments: `moments-${kelvin}` };
}

/**
 * Writes, at both temperatures, frames [n, dof] (x in f32, run after run), Ramachandran counts of every sweep [residues, 100, 100] and
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
  const files = [record.cold, record.hot].flatMap(({ temperature }, end): PendingFile[] => {
    const names = groundTruthFiles(temperature);
    const half = <T extends Float32Array | Float64Array>(data: T): T =>
      data.subarray((end * data.length) / 2, ((end + 1) * data.length) / 2) as T;
    const histograms = sumRuns(half(trace.histograms), runs);
    const moments = sumRuns(half(trace.moments), runs).map((sum) => sum / (runs * trace.sweeps));
    const pending = (name: string, chunks: Uint8Array[]): PendingFile => ({ file: path.join(folder, name), chunks });
    return [
      pending(names.frames, encodeNpy(half(trace.frames), [runs * frames, dof])),
      pending(names.ramachandran, encodeNpy(histograms, [pairs.length, bins, bins])),
      pending(names.moments, encodeNpy(moments, [dof, 4])),
    ];
  });
  const text = JSON.stringify(record, null, 1) + "\n";
  writeFilesAtomically([...files, { file: path.join(folder, "record.json"), chunks: [Buffer.from(text, "utf8")] }]);
}

/**
 * The frames of a shipped molecule at a temperature, x [n, dof], run after run.
 * @param options.folder where `npm run ground-truth` wrote them, if not in the package's data.
 */
export function loadGroundTruth(
  system: string,
  {
    temperature = 300,
    folder = dataPath(system, "ground-truth"),
  }: { readonly temperature?: number; readonly folder?: string } = {},
): { readonly n: number; readonly dof: number; readonly x: Float32Array } {
  const file = path.join(folder, groundTruthFiles(temperature).frames);
  if (!existsSync(file)) {
    throw new Error(
      `loadGroundTruth: missing file ${file}; make it with npm run ground-truth -- ${system} --preset full`,
    );
  }
  const { shape, data } = readNpy(file);
  if (shape.length !== 2 || !(data instanceof Float32Array)) {
    throw new Error(`loadGroundTruth: invalid file ${file} (got shape [${shape.join(", ")}]), expected [n, dof] of f4`);
  }
  return { n: shape[0]!, dof: shape[1]!, x: data };
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
