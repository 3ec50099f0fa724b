/** Forward KL: maximum likelihood on a buffer of points, the inner loop of annealing (paper eq. for the annealing loss). */
import { temperatureInput } from "../flow/temperature";
import { createRng } from "../numerics/random";
import { initLoss, type LossInfo, type LossOptions, type LossState, stepLoss } from "./loss-step";
import type { Model } from "./model";

export interface ForwardKlOptions extends LossOptions {
  readonly batch: number;
}

/** Points to learn from, equally weighted. */
export interface Buffer {
  readonly x: Float32Array;
  readonly dof: number;
  /** Rows of `x`, some more than once, that a resampling chose; without it every row counts once. */
  readonly picks?: Uint32Array;
  /** The temperature that each row of x is learned at: of a flow that is told temperatures. */
  readonly temperatures?: Float64Array;
}

export type ForwardKlState = LossState;

export interface ForwardKlInfo extends LossInfo {
  /** Mean of -log q over the batch, in nats. */
  readonly loss: number;
}

export const initForwardKl = initLoss;

/** One iteration on a batch drawn from the buffer with replacement. Costs no target evaluation. */
export async function stepForwardKl(
  { engine, programs, flow }: Model,
  { x, dof, picks, temperatures }: Buffer,
  options: ForwardKlOptions,
  state: ForwardKlState,
): Promise<[ForwardKlState, ForwardKlInfo]> {
  const { batch } = options;
  const rng = createRng(state.rng);
  const rows = new Float32Array(batch * dof);
  const told = temperatures && new Float64Array(batch);
  const count = picks?.length ?? x.length / dof;
  for (let i = 0; i < batch; i++) {
    const pick = rng.integer(count);
    const row = picks ? picks[pick]! : pick;
    rows.set(x.subarray(row * dof, (row + 1) * dof), i * dof);
    if (told) told[i] = temperatures[row]!;
  }
  const weight = new Float32Array(batch).fill(1 / batch);
  const inputs = { x: rows, ...temperatureInput(flow, told, batch), weight };
  const [next, info] = await stepLoss(engine, options, state, async (update) => {
    const loss = await engine.gradient(programs.forwardKl, inputs, batch);
    return { loss, ...(await engine.update(update)) };
  });
  return [{ ...next, rng: rng.state() }, info];
}
