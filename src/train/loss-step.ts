/** What an iteration of training is, whatever its loss: at the rate of its schedule, and guarded. */
import type { Engine, Update, UpdateOptions } from "../engine/engine";
import type { RngState } from "../numerics/random";
import { moveAverage } from "./average";
import { type Guard, guarded, type Rollback } from "./guard";
import { learningRate, type Schedule } from "./schedule";

export interface LossOptions {
  readonly iterations: number;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly weightDecay: number;
  /** Of the average of parameters that the stage (of annealing: the rung) ends with, per iteration (`average.ts`); null: it ends with the last ones. */
  readonly averageDecay?: number | null;
}

/** What a step needs from the one before, beside the model's own parameters: plain data. */
export interface LossState {
  readonly iteration: number;
  readonly rng: RngState;
  readonly guard: Guard | null;
  /** Over the iterations so far; null before the first, after the last, or if none is wanted. */
  readonly average: Float32Array | null;
}

/** What a plot wants to know of a step. Without a gradient its norm is NaN, and nothing was learned, as where it is not finite. */
export interface LossInfo extends Update {
  readonly iteration: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly rollback: Rollback | null;
}

export function initLoss(rng: RngState): LossState {
  return { iteration: 0, rng, guard: null, average: null };
}

/**
 * One iteration.
 * @param train makes the gradient and, if there is one, updates the engine with these options.
 */
export async function stepLoss<Told extends Update & { readonly loss: number }>(
  engine: Engine,
  { iterations, schedule, clipNorm, weightDecay, averageDecay = null }: LossOptions,
  { iteration, guard: stored, average: before = null }: LossState,
  train: (update: UpdateOptions) => Promise<Told>,
): Promise<[Omit<LossState, "rng">, Told & LossInfo]> {
  const place = { iteration, isLast: iteration + 1 === iterations };
  const [guard, info] = await guarded(engine, stored, place, async (scale) => {
    const rate = scale * learningRate(schedule, iteration, iterations);
    return { ...(await train({ learningRate: rate, clipNorm, weightDecay })), iteration, learningRate: rate };
  });
  const next = { iteration: iteration + 1, guard, average: null };
  if (averageDecay === null) return [next, info];
  // What training went back from may not even be finite: the average begins again where training does.
  const average = moveAverage(info.rollback ? null : before, engine.parameters, averageDecay, next.iteration);
  if (!place.isLast) return [{ ...next, average }, info];
  engine.restore({ ...engine.state(), parameters: average });
  return [next, info];
}
