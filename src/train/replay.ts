/** A replay buffer whose points come again in proportion to their weights, which follow the flow (Midgley et al. 2023, section 3 and algorithm 1). */
import { drawWithoutReplacement } from "../numerics/resample";
import type { RngState } from "../numerics/random";
import { createRng } from "../numerics/random";

/** The last batches, oldest first; plain data, never written to once made. Row i of the whole is row i % batch of batch floor(i / batch). */
export interface Replay {
  readonly dof: number;
  /** Rows of every batch. */
  readonly batch: number;
  /** x [batch, dof] each. */
  readonly batches: readonly Float32Array[];
  /** Of every row: log of its weight, for p^2/q with the flow as it was when log q was last asked for; -Infinity for invalid ones. */
  readonly logWeights: Float64Array;
  readonly logQ: Float64Array;
}

/** Some rows, and where they stand in the buffer. */
export interface Drawn {
  readonly rows: Uint32Array;
  /** [rows, dof] */
  readonly x: Float32Array;
  readonly logQ: Float64Array;
}

export function initReplay(dof: number, batch: number): Replay {
  return { dof, batch, batches: [], logWeights: new Float64Array(0), logQ: new Float64Array(0) };
}

/** Adds a batch; the oldest one goes when there are more than `most`. */
export function addToReplay(
  replay: Replay,
  added: { readonly x: Float32Array; readonly logWeights: Float64Array; readonly logQ: Float64Array },
  most: number,
): Replay {
  const { batch } = replay;
  const gone = Math.max(0, replay.batches.length + 1 - most);
  const join = (old: Float64Array, more: Float64Array): Float64Array =>
    Float64Array.from([...old.subarray(gone * batch), ...more]);
  return {
    ...replay,
    batches: [...replay.batches.slice(gone), added.x],
    logWeights: join(replay.logWeights, added.logWeights),
    logQ: join(replay.logQ, added.logQ),
  };
}

/** Draws `count` different rows in proportion to their weights. */
export function drawFromReplay(replay: Replay, count: number, stored: RngState): readonly [Drawn, RngState] {
  const { dof, batch, batches, logWeights, logQ } = replay;
  const rng = createRng(stored);
  const rows = drawWithoutReplacement(logWeights, count, rng);
  const x = new Float32Array(count * dof);
  rows.forEach((row, k) => {
    const at = row % batch;
    x.set(batches[Math.floor(row / batch)]!.subarray(at * dof, (at + 1) * dof), k * dof);
  });
  return [{ rows, x, logQ: Float64Array.from(rows, (row) => logQ[row]!) }, rng.state()];
}

/** The buffer after the flow has changed to these log q at these rows: a weight p^2/q goes with 1/q. Rows that are not finite stay as they are. */
export function adjustReplay(replay: Replay, rows: Uint32Array, logQ: Float64Array): Replay {
  const adjusted = { ...replay, logWeights: replay.logWeights.slice(), logQ: replay.logQ.slice() };
  rows.forEach((row, k) => {
    if (!Number.isFinite(logQ[k])) return;
    adjusted.logWeights[row]! += replay.logQ[row]! - logQ[k]!;
    adjusted.logQ[row] = logQ[k]!;
  });
  return adjusted;
}
