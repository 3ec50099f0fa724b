/** A run: an experiment, a seed, and what has happened so far. Notebooks call its stages one by one, the command line all at once. */
import { basinShare } from "../evaluate/basin";
import { samplesNear } from "../evaluate/temperature-window";
import { toldAt } from "../flow/temperature";
import { createRng, type RngState } from "../numerics/random";
import type { BasinRecord, LossRecord } from "../io/record";
import { logWeights, type Samples } from "../target/samples";
import type { Evaluations } from "../target/target";
import type { AnnealState } from "../train/anneal";
import type { FabState } from "../train/fab";
import type { ForwardKlState } from "../train/forward-kl";
import type { Rollback } from "../train/guard";
import { sampleFlow, type SampleOptions, setParameters } from "../train/model";
import type { HotChainsState } from "../train/hot-chains";
import type { PathKlState } from "../train/path-kl";
import type { ReverseKlState } from "../train/reverse-kl";
import type { Rung } from "../train/round";
import type { TrustState } from "../train/trust-region";
import { checkExperiment } from "./check";
import { type Experiment, finalTemperature, firstTemperature, NO_STAGES } from "./presets";
import { createSetup, orClose, type Setup, type SetupOptions } from "./setup";

/** A rung as the record keeps it. */
export interface RungSummary extends Omit<Rung, "samples" | "drawn" | "logWeights" | "temperatures"> {
  /** Drawn from the flow: target evaluations. */
  readonly samples: number;
  readonly seconds: number;
}

/** Where each stage stands; null before it has begun. */
export interface Stages {
  reverseKl: ReverseKlState | null;
  hotChains: HotChainsState | null;
  anneal: AnnealState | null;
  pathKl: PathKlState | null;
  forwardKl: ForwardKlState | null;
  fab: FabState | null;
  trustRegion: TrustState | null;
}

/** A loss that grows. */
export interface LossLog extends LossRecord {
  readonly iterations: number[];
  readonly values: number[];
}

/** A return to an earlier state, and where. */
export interface RollbackRecord extends Rollback {
  readonly stage: string;
  readonly temperature: number;
}

/** What happened so far, plain data: it grows step by step and is what a checkpoint holds beside the engine's state. */
export interface History {
  /** The temperature of the flow that it began with, of a branch or from a file; null: that was the prior. */
  from: number | null;
  readonly stages: Stages;
  rng: RngState;
  losses: LossLog[];
  rungs: RungSummary[];
  basins: BasinRecord[];
  rollbacks: RollbackRecord[];
  /** Of the target, for training. */
  evaluations: Evaluations;
  /** That the simulation has cost which the flow learned from. */
  dataEvaluations: number;
  gradientSteps: number;
  /** Seconds of training and of sampling for it, without the final evaluation; and of them those of the rung under way. */
  trainSeconds: number;
  rungSeconds: number;
  essDirect: number | null;
}

/** What happened so far, and what it happens with. */
export interface Run extends History {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly setup: Setup;
}

/**
 * Nothing is trained yet: the flow is its prior. It has worker threads of its own until `run.setup.close()`: close a run before its name is given to another.
 * @throws RangeError for an option that cannot be, before anything is built.
 */
export function startRun(experiment: Experiment, options: SetupOptions): Run {
  checkExperiment(experiment);
  const { seed } = options;
  return {
    experiment,
    seed,
    setup: createSetup(experiment, options),
    from: null,
    stages: { ...NO_STAGES },
    rng: createRng(seed, 3).state(),
    losses: [],
    rungs: [],
    basins: [],
    rollbacks: [],
    evaluations: { energies: 0, gradients: 0 },
    dataEvaluations: 0,
    gradientSteps: 0,
    trainSeconds: 0,
    rungSeconds: 0,
    essDirect: null,
  };
}

/** A run that begins with a flow trained before, at some temperature. @throws RangeError if its parameters are not as many as the experiment's flow has. */
export function startFrom(
  experiment: Experiment,
  { temperature, parameters }: { readonly temperature: number; readonly parameters: Float32Array },
  options: SetupOptions,
): Run {
  const run = startRun(experiment, options);
  orClose(run.setup, () => setParameters(run.setup.model, parameters));
  return Object.assign(run, { from: temperature });
}

/** The temperature that the flow was trained at last; of one that has not been trained where its training begins. */
export function flowTemperature({ rungs, stages, from, experiment }: Run): number {
  const begun = (stages.reverseKl ?? stages.hotChains) !== null;
  return rungs.at(-1)?.to ?? (begun ? null : from) ?? firstTemperature(experiment) ?? finalTemperature(experiment);
}

/** Shares of the basins among samples, and of their weight. */
export const basinShares = (
  { basins }: Pick<Setup, "basins">,
  { x, dof }: Pick<Samples, "x" | "dof">,
  weights: Float64Array,
  options?: { readonly blocks?: number },
) =>
  basins.map(({ name, contains }) => ({
    basin: name,
    ...basinShare(weights, (i) => contains(x, i * dof), options),
  }));

/**
 * The same weighted by these log weights or those of a temperature, for the record. Of samples at many temperatures those
 * near this one count.
 */
export function followBasins(run: Run, all: Samples, temperature: number, allWeights?: Float64Array): BasinRecord[] {
  const { target, model } = run.setup;
  // Joined draws of a steered flow are of several temperatures too, but all of one density.
  const samples = model.flow.temperatures ? samplesNear(target, all, temperature) : all;
  const weights = (samples === all ? allWeights : null) ?? logWeights(target, samples, temperature);
  return basinShares(run.setup, samples, weights).map(({ basin, ...share }) => ({ basin, temperature, ...share }));
}

/** Fresh samples of the flow, for evaluation and figures: n target evaluations. A flow that is told temperatures is told the last by default. */
export async function sampleRun(run: Run, n: number, { temperature, signal }: SampleOptions = {}): Promise<Samples> {
  const { model } = run.setup;
  const last = toldAt(model.flow, finalTemperature(run.experiment));
  const rng = createRng(run.rng);
  const samples = await sampleFlow(model, n, rng, { ...last, ...(temperature && { temperature }), signal });
  run.rng = rng.state();
  return samples;
}
