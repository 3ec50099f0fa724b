/** `tabg sample`: frames of a trained flow with their weights, plain or led to the target, and what they are worth. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { createCoordinates } from "../coords/coordinates";
import type { Setup } from "../experiments/setup";
import { drawSamples, type SamplesRecord, samplesRecordIn } from "../experiments/samples-record";
import { loadRun } from "../experiments/store";
import { type PendingFile, requireDestinations, writeFilesAtomically } from "../io/atomic";
import { encodeNpy } from "../io/npy";
import { formatDuration, formatMeasured, formatPercent } from "../notebook/numbers";
import type { Samples } from "../target/samples";
import { AIS_SAMPLING } from "../train/ais";
import { interruptible } from "./interruptible";
import { parseCommand, parseCount, parsePositive, parseSeed, type Streams } from "./usage";

/**
 * Many densities and resampling: of a flow whose weights few samples carry, few and long steps leave them so. And many samples for each walker: by one
 * alone a basin that the flow seldom samples was left at three quarters of its share.
 */
const ANNEALING = { ...AIS_SAMPLING, keep: 0.93, leapfrogs: 10, resampleBelow: 0.5, draws: 25 };

/** Writes samples.json, log-weights.npy [n] (f64), and frames.npy [n, atoms, 3] (f32, nm) of a molecule or x.npy [n, dof] of the mixture; all of them, or none. */
export async function sampleCommand(args: readonly string[], streams: Streams): Promise<number> {
  const { positionals, options, flags } = parseCommand("sample", args, {
    positionals: ["RUN"],
    options: ["samples", "temperature", "populations", "seed", "out"],
    flags: ["annealed"],
  });
  const samples = parseCount("sample", "samples", options.samples ?? "10000");
  const populations = parseCount("sample", "populations", options.populations ?? "10");
  const seed = parseSeed("sample", options.seed);
  const out = options.out ?? path.join(positionals[0]!, "samples");
  const wanted = options.temperature;
  const temperature = wanted === undefined ? {} : { temperature: parsePositive("sample", "temperature", wanted) };
  const annealing = flags.includes("annealed") ? ANNEALING : null;
  const run = loadRun(positionals[0]!);
  try {
    mkdirSync(out, { recursive: true });
    requireDestinations([samplesRecordIn(out)]); // before minutes of work
    const onSamples = (done: number): void => streams.note(`${done} of ${samples} samples`);
    const drawn = await interruptible((signal) =>
      drawSamples(run, { samples, populations, seed, annealing, ...temperature, signal, onSamples }),
    );
    const { logWeights, record } = drawn;
    writeFilesAtomically([
      pointsFile(out, run.setup, drawn.samples),
      { file: path.join(out, "log-weights.npy"), chunks: encodeNpy(logWeights, [logWeights.length]) },
      { file: samplesRecordIn(out), chunks: [Buffer.from(JSON.stringify(record, null, 1) + "\n", "utf8")] },
    ]);
    for (const line of summariseSamples(record)) streams.out(line);
    streams.out(`written   ${out}`);
    return 0;
  } finally {
    await run.setup.close();
  }
}

/** Where a molecule's samples are, in space; of the mixture in the flow's. */
function pointsFile(folder: string, { molecule }: Setup, { n, dof, x }: Samples): PendingFile {
  if (!molecule) return { file: path.join(folder, "x.npy"), chunks: encodeNpy(x, [n, dof]) };
  const coordinates = createCoordinates(molecule.coordinates);
  const { atoms } = molecule.topology;
  const xyz = new Float64Array(3 * atoms.length);
  const frames = new Float32Array(n * xyz.length);
  for (let i = 0; i < n; i++) {
    coordinates.place(x, i * dof, xyz);
    frames.set(xyz, i * xyz.length);
  }
  return { file: path.join(folder, "frames.npy"), chunks: encodeNpy(frames, [n, atoms.length, 3]) };
}

/** The record's numbers, a line each. */
function summariseSamples({
  samples,
  temperature,
  ess,
  essUncut,
  logZ,
  basins,
  evaluations,
  wallSeconds,
}: SamplesRecord): string[] {
  return [
    `samples   ${samples}, at ${temperature}`,
    `ESS       ${formatPercent(ess)} (no weight cut: ${formatPercent(essUncut)})`,
    `log Z     ${formatMeasured(logZ.value, logZ.error)}`,
    ...basins.map(
      ({ basin, reweighted, reweightedError }) =>
        `${basin.padEnd(9)} ${formatMeasured(100 * reweighted, 100 * reweightedError)} %`,
    ),
    `cost      ${evaluations} target evaluations (${(evaluations / samples).toFixed(1)} a sample), ${formatDuration(wallSeconds)}`,
  ];
}
