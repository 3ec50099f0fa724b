/** How a stage of a run is taken, step by step: what it is, who watches it, and what is kept of every step. */
import type { Rollback } from "../train/guard";
import type { LossInfo } from "../train/loss-step";
import type { Rung } from "../train/round";
import { type Experiment, NO_STAGES } from "./experiment";
import type { Run, Stages } from "./run";

/** What a progress display wants to know; sent after every iteration, while the samples of a rung are drawn, and while chains walk before the first. */
export interface Progress {
  readonly stage:
    | "reverse KL"
    | "hot chains"
    | "walking"
    | "sampling"
    | "mixing"
    | "annealing"
    | "trust region"
    | "path gradients"
    | "forward KL"
    | "FAB"
    | "evaluation";
  readonly temperature: number;
  /** Iterations done and in all, of the stage; of sampling: samples, of as many as may be drawn; of mixing: blocks; of walking: sweeps. */
  readonly step: number;
  readonly steps: number;
  /** NaN while sampling, mixing or walking, as the gradient's norm. */
  readonly loss: number;
  readonly gradientNorm: number;
  /** Of the last buffer, as a share; null before the first. */
  readonly ess: number | null;
  readonly evaluations: number;
  /** Set if too many batches in a row taught nothing, so that training went back to an earlier state. */
  readonly rollback?: Rollback | null;
}

/** Called often; `signal` ends a stage after the step under way. Called again, the stage goes on from there. */
export interface Watch {
  readonly onProgress?: (progress: Progress) => void;
  /** After every step, of whatever kind: the run can be stored now. */
  readonly onStep?: () => void;
  readonly signal?: AbortSignal;
}

/** The same for annealing, down a ladder or by trust regions. */
export interface RungWatch extends Watch {
  readonly onRung?: (rung: Rung) => void;
}

/** What a step tells; `updates` steps of the optimiser; a rung that it ended. */
export type Told = Omit<Progress, "evaluations"> & { readonly updates: number; readonly rung?: Rung };

/** How a stage begins, ends, and takes a step; a step that trains nothing tells nothing. */
export interface Stage<State> {
  init(): State;
  isDone(state: State): boolean;
  step(state: State): Promise<[State, Told | null]>;
}

/** The options of a stage. @throws Error naming the stages that there are, if this is none of them. */
export function requireOptions<S extends keyof typeof NO_STAGES>(
  experiment: Experiment,
  stage: S,
  place: string,
): NonNullable<Experiment[S]> {
  const options = experiment[stage];
  if (options) return options;
  const { method } = experiment;
  const stages = Object.keys(NO_STAGES).filter((name) => experiment[name as keyof typeof NO_STAGES]);
  throw new Error(
    `${place}: missing options (got experiment ${method} of ${stages.join(", ")}), expected one of ${stage}; ` +
      `trainRun(run) goes through what there is, { ...experiment, ${stage} } makes another`,
  );
}

/** What an iteration of a stage tells, with the state after it. */
export function tellIteration(
  stage: Told["stage"],
  { temperature, iterations }: { readonly temperature: number; readonly iterations: number },
  { iteration: step }: { readonly iteration: number },
  {
    loss,
    gradientNorm,
    rollback,
    ess = null,
    updates = 1,
  }: Pick<LossInfo, "loss" | "gradientNorm" | "rollback"> & Partial<Pick<Told, "ess" | "updates">>,
): Told {
  return { stage, temperature, step, steps: iterations, loss, gradientNorm, ess, rollback, updates };
}

/** Every how many iterations a loss is kept for the record. */
const THIN = 10;

function keepLoss(run: Run, { stage, temperature, step, updates, loss }: Told): void {
  const first = step - updates;
  if (first === 0) run.losses.push({ stage, temperature, iterations: [], values: [] });
  const log = run.losses.at(-1);
  const isKept = Math.floor((step - 1) / THIN) > Math.floor((first - 1) / THIN);
  if (!log || !isKept) return;
  log.iterations.push(first);
  log.values.push(loss);
}

/** Stages under way: the kernel's own stop ends a cell and leaves its work running. */
const underWay = new WeakMap<Run, Promise<void>>();

/**
 * Takes steps until the stage is done or told to stop; what still runs on this run, behind a cell that was stopped hard, ends before. After every step the run is
 * whole: it can be stored, and gone on with.
 */
export function runStage<K extends keyof Stages>(
  run: Run,
  key: K,
  watch: RungWatch,
  stage: Stage<NonNullable<Stages[K]>>,
): Promise<void> {
  const before = underWay.get(run) ?? Promise.resolve();
  const work = before.catch(() => undefined).then(() => takeSteps(run, key, watch, stage));
  underWay.set(run, work);
  return work;
}

async function takeSteps<K extends keyof Stages>(
  run: Run,
  key: K,
  { onProgress, onRung, onStep, signal }: RungWatch,
  stage: Stage<NonNullable<Stages[K]>>,
): Promise<void> {
  const counted = run.setup.target.evaluations;
  while (!signal?.aborted) {
    const state: NonNullable<Stages[K]> = run.stages[key] ?? stage.init();
    if (stage.isDone(state)) return;
    const start = performance.now();
    const before = { ...counted };
    const [next, told] = await stage.step(state);
    run.stages[key] = next;
    run.rng = next.rng;
    const { energies, gradients } = run.evaluations;
    run.evaluations = {
      energies: energies + counted.energies - before.energies,
      gradients: gradients + counted.gradients - before.gradients,
    };
    run.trainSeconds += (performance.now() - start) / 1e3;
    if (told) {
      const { updates, rung, ...progress } = told;
      run.gradientSteps += updates;
      if (updates > 0) keepLoss(run, told);
      const { stage: name, temperature, rollback } = told;
      if (rollback) run.rollbacks.push({ stage: name, temperature, ...rollback });
      onProgress?.({ ...progress, evaluations: run.evaluations.energies + run.evaluations.gradients });
      if (rung) onRung?.(rung);
    }
    onStep?.();
  }
}
