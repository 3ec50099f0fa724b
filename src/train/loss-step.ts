/** What an iteration of training is, whatever its loss: at the rate of its schedule, and guarded. */
import type { Engine, Update, UpdateOptions } from "../engine/engine";
import type { RngState } from "../numerics/random";
import { type Guard, guarded, type Rollback } from "./guard";
import { learningRate, type Schedule } from "./schedule";

export interface LossOptions {
  readonly iterations: number;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly weightDecay: number;
}

/** What a step needs from the one before, beside the model's own parameters: plain data. */
export interface LossState {
  readonly iteration: number;
  readonly rng: RngState;
  readonly guard: Guard | null;
}

/** What a plot wants to know of a step. Without a gradient its norm is NaN, and nothing was learned, as where it is not finite. */
export interface LossInfo extends Update {
  readonly iteration: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly rollback: Rollback | null;
}

export function initLoss(rng: RngState): LossState {
  return { iteration: 0, rng, guard: null };
}

/**
 * One iteration.
 * @param train makes the gradient and, if there is one, updates the engine with these options.
 */
export async function stepLoss<Told extends Update & { readonly loss: number }>(
  engine: Engine,
  { iterations, schedule, clipNorm, weightDecay }: LossOptions,
  { iteration, guard: stored }: LossState,
  train: (update: UpdateOptions) => Promise<Told>,
): Promise<[Omit<LossState, "rng">, Told & LossInfo]> {
  const place = { iteration, isLast: iteration + 1 === iterations };
  const [guard, info] = await guarded(engine, stored, place, async (scale) => {
    const rate = scale * learningRate(schedule, iteration, iterations);
    return { ...(await train({ learningRate: rate, clipNorm, weightDecay })), iteration, learningRate: rate };
  });
  return [{ iteration: iteration + 1, guard }, info];
}
