/** A run in its checkpoints: written while it trains, and gone on with. */
import { loadCheckpoint, loadPart, saveCheckpoint, savePart } from "../io/checkpoint-series";
import { lockFolder } from "../io/lock";
import type { Samples } from "../target/samples";
import { NO_STAGES } from "./experiment";
import { type Run, startRun } from "./run";
import { orClose, type SetupOptions } from "./setup";
import { partOf, restorePart, type Stored, type StoredSamples, storeRun } from "./stored-run";

/** Writes checkpoints of a run into its folder, which it locks. */
export interface Checkpoints {
  /** For the option of the same name of a stage: tries to write one whenever the last is old enough, and at the end of a rung. */
  readonly onStep: () => void;
  /** Writes one now, or says why not: training goes on with those that there are, and the next one is tried when its time comes. */
  trySave(): void;
  /** Writes one now. @throws Error if it cannot be written; those before it stay. */
  save(): void;
  /** Unlocks the folder; the checkpoints stay. */
  close(): void;
}

export interface CheckpointOptions {
  /** Seconds between checkpoints. */
  readonly every?: number;
  /** Is told when the lock of a process that has ended was taken over, or a checkpoint could not be written. Default: a warning of the console. */
  readonly onNote?: (note: string) => void;
}

/**
 * Keeps the last three checkpoints of a run in `folder`.
 * @example const checkpoints = keepCheckpoints(run, folder); await annealDown(run, { ...checkpoints, signal });
 * @throws Error if another process writes to the folder.
 */
export function keepCheckpoints(
  run: Run,
  folder: string,
  { every = 180, onNote = console.warn }: CheckpointOptions = {},
): Checkpoints {
  const unlock = lockFolder(folder, onNote);
  let saved = performance.now();
  let rungs = run.rungs.length;
  /** The part with samples that is stored, and the newest draw in it: once is enough. */
  let stored: { readonly name: string; readonly newest: Samples } | null = null;
  const save = (): void => {
    const part = partOf(run);
    if (!part) stored = null;
    else if (stored?.newest !== part.newest) stored = { name: savePart(folder, part.store()), newest: part.newest };
    saveCheckpoint(folder, storeRun(run, stored?.name ?? null));
  };
  const trySave = (): void => {
    try {
      save();
    } catch (error) {
      onNote(`checkpoint: not written, training goes on and tries again in ${every} s: ${(error as Error).message}`);
    }
    saved = performance.now();
    rungs = run.rungs.length;
  };
  return {
    onStep() {
      if (run.rungs.length !== rungs || performance.now() - saved > 1e3 * every) trySave();
    },
    trySave,
    save,
    close: unlock,
  };
}

/**
 * The run of the newest checkpoint in `folder` that is whole; its stages go on where it was written. Also on another machine: with the same engine
 * and threads to the same bits.
 * @param options.onNote is told which checkpoints were not used and why, and if the engine is another one.
 * @throws Error if there is no checkpoint that can be used.
 */
export function resumeRun(
  folder: string,
  { onNote, ...options }: Omit<SetupOptions, "seed"> & { readonly onNote?: (note: string) => void } = {},
): Run {
  const [stored, part] = loadCheckpoint(
    folder,
    (state): [Stored, StoredSamples | null] => {
      if ((state as Partial<Stored> | null)?.kind !== "run") {
        throw new Error("resumeRun: invalid checkpoint (got that of something else), expected that of a run");
      }
      const { training, past } = state as Stored;
      const name = (training ?? past)?.part;
      return [state as Stored, name === undefined ? null : (loadPart(folder, name) as StoredSamples)];
    },
    onNote,
  );
  const { experiment, seed, history, engine } = stored;
  // Checkpoints that are older than a stage do not name it.
  const run = startRun({ ...NO_STAGES, ...experiment }, { ...options, seed });
  const { model } = run.setup;
  orClose(run.setup, () => {
    Object.assign(run, { ...history, stages: { ...NO_STAGES, ...history.stages } });
    if (part) restorePart(run, part, stored);
    model.engine.restore(engine);
  });
  if (model.engine.name !== stored.engineName) {
    onNote?.(
      `resumeRun: the run began on ${stored.engineName} and goes on with ${model.engine.name}: rounding differs`,
    );
  }
  return run;
}
