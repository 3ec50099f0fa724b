/** Bad luck in training, and bad steps: after a run of batches that teach nothing, or if parameters are lost, back to a state that was good, at a smaller step. */
import type { Engine, EngineState, Update } from "../engine/engine";

/** Where training can go back to; plain data, for checkpoints. */
export interface Guard {
  /** The engine before iteration `iteration`, whose loss and gradient were finite: not after it, for its update may be what breaks the flow. */
  readonly good: EngineState;
  readonly iteration: number;
  /** Bad iterations in a row so far. */
  readonly bad: number;
  /** How often training went back; every time the learning rate is halved, until the stage (of annealing: the rung) ends. */
  readonly returns: number;
}

/** That training went back after `iteration` to the state before the iteration `to`, and the factor of its learning rate from then on. */
export interface Rollback {
  readonly iteration: number;
  readonly to: number;
  readonly scale: number;
}

/** What the guard has to know of an iteration. */
type Trained = Pick<Update, "applied"> & { readonly loss: number };

/** Bad iterations in a row that are no accident. */
const PATIENCE = 10;
/** Iterations between good states: copying one takes a few milliseconds per million parameters. */
const EVERY = 100;
/** Returns after which the step is a thirty-second, and not the step to blame. */
const MOST = 5;

const isFiniteState = ({ parameters, first, second }: EngineState): boolean =>
  [parameters, first, second].every((vector) => vector.every(Number.isFinite));

/**
 * One iteration of whatever loss, watched. Random streams and schedule go on after a return: the iterations before it are lost, not repeated.
 * @param stored of the iteration before; null (or missing, in an old checkpoint) before the first.
 * @param train does the iteration with its learning rate times `scale`.
 * @returns null for the guard after the last iteration.
 * @throws Error if returning has not helped; the engine is at the good state then.
 */
export async function guarded<Info extends Trained>(
  engine: Pick<Engine, "state" | "restore">,
  stored: Guard | null | undefined,
  { iteration, isLast }: { readonly iteration: number; readonly isLast: boolean },
  train: (scale: number) => Promise<Info>,
): Promise<[Guard | null, Info & { readonly rollback: Rollback | null }]> {
  const guard = stored ?? { good: engine.state(), iteration, bad: 0, returns: 0 };
  const before = iteration - guard.iteration >= EVERY ? engine.state() : null;
  const info = await train(0.5 ** guard.returns);
  const isGood = info.applied && Number.isFinite(info.loss);
  const bad = isGood ? 0 : guard.bad + 1;
  // Rectifiers and splines hide a parameter that is NaN: loss and gradient may stay finite.
  const seen = isLast ? engine.state() : before;
  if (bad < PATIENCE && (seen === null || isFiniteState(seen))) {
    const kept = isGood && before ? { ...guard, good: before, iteration } : guard;
    return [isLast ? null : { ...kept, bad }, { ...info, rollback: null }];
  }
  engine.restore(guard.good);
  const returns = guard.returns + 1;
  if (returns > MOST) {
    throw new Error(
      `train: invalid updates (got ${bad < PATIENCE ? "parameters" : `${bad} losses or gradients in a row`} that are not finite at iteration ` +
        `${iteration}, for the ${returns}th time, with the learning rate halved every time), expected finite ones; ` +
        "take a smaller peak of the schedule, drop fewer samples of a batch, or look at the target's energies",
    );
  }
  const rollback = { iteration, to: guard.iteration, scale: 0.5 ** returns };
  return [isLast ? null : { ...guard, bad: 0, returns }, { ...info, rollback }];
}
