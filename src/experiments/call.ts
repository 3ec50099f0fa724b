/** A named experiment from start to record: what the command line runs. */
import { listCheckpoints, removeCheckpoints } from "../io/checkpoint-series";
import type { RunRecord } from "../io/record";
import type { Samples } from "../target/samples";
import { type Changes, withChanges } from "./change";
import { keepCheckpoints } from "./checkpoint";
import { type Experiment, findExperiment, withLadder } from "./presets";
import { compareWithTruth, recordRun, type TruthMetrics } from "./record";
import { type Run, sampleRun, startRun } from "./run";
import type { SetupOptions } from "./setup";
import { type Say, sayDoubts, sayProgress, sayShortfall } from "./say";
import { trainRun } from "./stages";
import { measureTemperatures } from "./temperatures";
import { resumeSame } from "./same-experiment";
import { saveRun } from "./store";

/** What the command line runs. */
export interface ExperimentCall extends Partial<SetupOptions> {
  readonly system: string;
  readonly method: string;
  readonly preset: string;
  /** Another ladder than the preset's. */
  readonly ladder?: readonly number[];
  /** What else is to be different from the preset. */
  readonly changes?: Changes;
  readonly seed: number;
  /** Folder of the record. */
  readonly out: string;
  /** Go on from the folder's checkpoint. */
  readonly resume?: boolean;
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** One line every few seconds. */
  readonly onProgress?: (line: string) => void;
  /** After every step of training, of whatever kind. */
  readonly onStep?: () => void;
  /** Once it is aborted, the run ends after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** The same of an experiment that is at hand. */
export type RunCall = Omit<ExperimentCall, "system" | "method" | "preset" | "ladder" | "changes">;

/** All stages of a named experiment, and its record; null if the signal ended it. */
export function runExperiment({
  system,
  method,
  preset,
  ladder,
  changes = {},
  ...call
}: ExperimentCall): Promise<RunRecord | null> {
  const experiment = findExperiment(system, method, preset);
  return runToRecord(withChanges(ladder ? withLadder(experiment, ladder) : experiment, changes), call);
}

/**
 * The same for any experiment.
 * @throws Error if there is a checkpoint and `resume` is not set, or the reverse, or it is that of another run; if another process writes to the folder.
 */
export async function runToRecord(experiment: Experiment, call: RunCall): Promise<RunRecord | null> {
  const { out, resume = false, checkpointEvery, onProgress: say, signal, ...options } = call;
  const note = say ? { onNote: say } : {};
  if (!resume && listCheckpoints(out).length > 0) {
    throw new Error(
      `experiment: invalid folder (got ${out} with checkpoints of a run that has not ended), expected none; ` +
        "resume it (--resume), choose another folder, or delete them",
    );
  }
  const run = resume ? resumeSame(experiment, { out, ...options, ...note }) : startRun(experiment, options);
  try {
    const checkpoints = keepCheckpoints(run, out, {
      ...note,
      ...(checkpointEvery !== undefined && { every: checkpointEvery }),
    });
    try {
      say?.(`engine: ${run.setup.model.engine.name}`);
      const onStep = (): void => {
        checkpoints.onStep();
        call.onStep?.();
      };
      const watch = {
        onStep,
        onProgress: sayProgress(say),
        onRung: sayDoubts(say, experiment),
        ...(signal && { signal }),
      };
      await trainRun(run, watch);
      if (signal?.aborted) {
        checkpoints.save();
        return null;
      }
      sayShortfall(run, say);
      checkpoints.trySave();
      const record = await evaluateRun(run, { signal, say });
      if (record === null) return null;
      keepRecord(run, record, out);
      return record;
    } finally {
      checkpoints.close();
    }
  } finally {
    await run.setup.close();
  }
}

/** The checkpoints go when all else is on disk. */
function keepRecord(run: Run, record: RunRecord, out: string): void {
  try {
    saveRun(run, record, out);
  } catch (cause) {
    throw new Error(
      `experiment: the record was not written: ${(cause as Error).message}; then the same call with --resume goes on from the last checkpoint`,
      { cause },
    );
  }
  removeCheckpoints(out);
}

/** null if the signal ended it: what was trained is in the checkpoint. */
async function evaluateRun(
  run: Run,
  { signal, say }: { readonly signal: AbortSignal | undefined; readonly say: Say },
): Promise<RunRecord | null> {
  try {
    const samples = await sampleRun(run, run.experiment.evaluationSamples, signal && { signal });
    const record = recordRun(run, samples, await compare(run, samples, say));
    if (!run.setup.model.flow.temperatures) return record;
    return { ...record, metrics: { ...record.metrics, temperatures: await measureTemperatures(run, { signal }) } };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** A flow so bad that it cannot be compared costs the comparison, and not the record. */
async function compare(run: Run, samples: Samples, say: Say): Promise<TruthMetrics | null> {
  try {
    return await compareWithTruth(run, samples);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say?.(`evaluation: no comparison with the truth: ${error.message}`);
    return null;
  }
}
