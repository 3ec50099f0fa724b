/** Forward KL: maximum likelihood on a buffer of points, the inner loop of annealing (paper eq. for the annealing loss). */
import { createRng, type RngState } from "../numerics/random";
import { type Guard, guarded, type Rollback } from "./guard";
import type { Model } from "./model";
import { learningRate, type Schedule } from "./schedule";

export interface ForwardKlOptions {
  readonly iterations: number;
  readonly batch: number;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly weightDecay: number;
}

/** Points to learn from, equally weighted: rows of `x` in the order `picks`, which a resampling chose. */
export interface Buffer {
  readonly x: Float32Array;
  readonly dof: number;
  readonly picks: Uint32Array;
}

export interface ForwardKlState {
  readonly iteration: number;
  readonly rng: RngState;
  readonly guard: Guard | null;
}

export interface ForwardKlInfo {
  readonly iteration: number;
  /** Mean of -log q over the batch, in nats. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly applied: boolean;
  readonly rollback: Rollback | null;
}

export function initForwardKl(rng: RngState): ForwardKlState {
  return { iteration: 0, rng, guard: null };
}

/** One iteration on a batch drawn from the buffer with replacement. Costs no target evaluation. */
export async function stepForwardKl(
  { engine, programs }: Model,
  { x, dof, picks }: Buffer,
  options: ForwardKlOptions,
  state: ForwardKlState,
): Promise<[ForwardKlState, ForwardKlInfo]> {
  const { iterations, batch, schedule, clipNorm, weightDecay } = options;
  const { iteration } = state;
  const rng = createRng(state.rng);
  const rows = new Float32Array(batch * dof);
  for (let i = 0; i < batch; i++) {
    const row = picks[rng.integer(picks.length)]!;
    rows.set(x.subarray(row * dof, (row + 1) * dof), i * dof);
  }
  const weight = new Float32Array(batch).fill(1 / batch);
  const place = { iteration, isLast: iteration + 1 === iterations };
  const [guard, info] = await guarded(engine, state.guard, place, async (scale) => {
    const loss = await engine.gradient(programs.forwardKl, { x: rows, weight }, batch);
    const rate = scale * learningRate(schedule, iteration, iterations);
    const update = await engine.update({ learningRate: rate, clipNorm, weightDecay });
    return { iteration, loss, learningRate: rate, ...update };
  });
  return [{ iteration: iteration + 1, rng: rng.state(), guard }, info];
}
