/** A ground-truth run from start to files, with checkpoints on the way. */
import { listCheckpoints, loadCheckpoint, removeCheckpoints, saveCheckpoint } from "../io/checkpoint-series";
import { lockFolder } from "../io/lock";
import { createTarget } from "../target/molecular-target";
import { loadSystem } from "../target/molecule";
import {
  createGroundTruthSetup,
  type GroundTruthSettings,
  type GroundTruthState,
  initGroundTruth,
  stepGroundTruth,
  sweepsOf,
} from "./ground-truth";
import { summarise } from "./summary";
import { writeGroundTruth } from "./store";
import type { GroundTruthRecord } from "./truth-record";
import type { TemperingInfo } from "./tempering";

export interface GroundTruthCall {
  readonly system: string;
  /** Name of the settings, for the record. */
  readonly preset: string;
  readonly settings: GroundTruthSettings;
  readonly seed: number;
  /** Folder of the files. */
  readonly out: string;
  /** Go on from the folder's newest checkpoint that is whole. */
  readonly resume?: boolean;
  readonly threads?: number;
  readonly versions?: Readonly<Record<string, string>>;
  readonly onProgress?: (progress: GroundTruthProgress) => void;
  /** Is told what was wrong with the folder and has been put right. */
  readonly onNote?: (note: string) => void;
  /** Once it is aborted, the run ends after the sweep under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Seconds between checkpoints. */
  readonly checkpointEvery?: number;
}

export interface GroundTruthProgress extends TemperingInfo {
  readonly isWarmUp: boolean;
  readonly sweep: number;
  readonly sweeps: number;
  readonly secondsLeft: number;
}

/** Content of the checkpoint: the state, whose it is, and what it has cost. */
interface Checkpoint {
  readonly whose: string;
  readonly evaluations: number;
  readonly seconds: number;
  readonly state: GroundTruthState;
}

/**
 * Samples and writes. The same call with the same seed gives the same bits, however often it was interrupted and resumed.
 * @returns the record, or null if the signal ended the run.
 * @throws Error if there is a checkpoint and `resume` is not set, or the reverse, or it is that of another run.
 */
export async function runGroundTruth(call: GroundTruthCall): Promise<GroundTruthRecord | null> {
  const { system, preset, settings, seed, out, threads, versions = {}, onProgress, signal } = call;
  const { checkpointEvery = 120 } = call;
  const whose = JSON.stringify({ system, seed, settings });
  const stored = openCheckpoint(call, whose);
  const molecule = loadSystem(system);
  const unlock = lockFolder(out, call.onNote);
  const target = createTarget(molecule, threads === undefined ? {} : { threads });
  try {
    const setup = createGroundTruthSetup(target, molecule);
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1e3;
    const spent = (): { evaluations: number; seconds: number } => ({
      evaluations: (stored?.evaluations ?? 0) + target.evaluations.gradients,
      seconds: (stored?.seconds ?? 0) + seconds(),
    });
    let state = stored?.state ?? (await initGroundTruth(setup, target, molecule, settings, seed));
    const first = sweepsOf(settings, state).done;
    let saved = seconds();
    for (;;) {
      const { done, all } = sweepsOf(settings, state);
      if (done === all) break;
      if (signal?.aborted || seconds() - saved > checkpointEvery) {
        saveCheckpoint(out, { whose, ...spent(), state } satisfies Checkpoint);
        saved = seconds();
        if (signal?.aborted) return null;
      }
      const [next, info] = await stepGroundTruth(setup, settings, state);
      const isWarmUp = next.trace.sweeps === 0;
      const secondsLeft = (seconds() / (done + 1 - first)) * (all - done - 1);
      onProgress?.({ ...info, isWarmUp, sweep: done + 1, sweeps: all, secondsLeft });
      state = next;
    }
    const command = `npm run ground-truth -- ${system} --preset ${preset} --seed ${seed}`;
    const { evaluations, seconds: wallSeconds } = spent();
    const how = { system, preset, seed, command, settings, evaluations, wallSeconds, versions };
    const record = { ...how, ...summarise(setup, settings, state) };
    writeGroundTruth(out, setup, state, record);
    removeCheckpoints(out);
    return record;
  } finally {
    unlock();
    await target.close();
  }
}

function openCheckpoint({ resume = false, out, onNote }: GroundTruthCall, whose: string): Checkpoint | null {
  const exists = listCheckpoints(out).length > 0;
  if (exists !== resume) {
    throw new Error(
      exists
        ? `ground-truth: invalid folder (got ${out} with the checkpoint of a run that has not ended), ` +
            "expected none; call with --resume to go on, or delete the checkpoint"
        : `ground-truth: missing checkpoint in ${out}, expected one to resume from; call without --resume to start`,
    );
  }
  if (!resume) return null;
  const checkpoint = loadCheckpoint(out, (state) => state as Checkpoint, onNote);
  if (checkpoint.whose !== whose) {
    throw new Error(
      `ground-truth: mismatched checkpoint in ${out} (got ${checkpoint.whose}), expected ${whose}; call with the same system, preset and seed`,
    );
  }
  return checkpoint;
}
