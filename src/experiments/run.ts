/** A run: an experiment, a seed, and what has happened so far. Notebooks call its stages one by one, the command line all at once. */
import { basinShare } from "../evaluate/basin";
import { reverseEss } from "../evaluate/ess";
import { elbo, estimateLogZ } from "../evaluate/logz";
import type { BasinRecord, LossRecord, RunRecord } from "../io/record";
import { createRng, type Rng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import { type AnnealOptions, type AnnealState, initAnneal, type Rung, stepAnneal } from "../train/anneal";
import { sampleFlow } from "../train/model";
import { initReverseKl, stepReverseKl } from "../train/reverse-kl";
import type { Experiment } from "./presets";
import { createSetup, type Setup, type SetupOptions } from "./setup";
import { versions } from "./versions";

/** What a progress display wants to know; sent after every iteration. */
export interface Progress {
  readonly stage: "reverse KL" | "annealing" | "evaluation";
  readonly temperature: number;
  /** Iterations done and in all, of the stage. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly gradientNorm: number;
  /** Of the last buffer, as a share; null before the first. */
  readonly ess: number | null;
  readonly evaluations: number;
}

/** Called often; `signal` ends a stage after the iteration under way. */
export interface Watch {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** The same for annealing. */
export interface RungWatch extends Watch {
  readonly onRung?: (rung: Rung) => void;
}

/** A rung as the record keeps it. */
export interface RungSummary extends Omit<Rung, "samples"> {
  /** Drawn from the flow: target evaluations. */
  readonly samples: number;
  readonly seconds: number;
}

/** What happened so far; grows stage by stage. */
export interface Run {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly setup: Setup;
  readonly rng: Rng;
  readonly losses: LossRecord[];
  readonly rungs: RungSummary[];
  readonly basins: BasinRecord[];
  gradientSteps: number;
  /** Seconds of training and of sampling for it, without the final evaluation. */
  trainSeconds: number;
  essDirect: number | null;
}

/** Nothing is trained yet: the flow is its prior. */
export function startRun(experiment: Experiment, options: SetupOptions): Run {
  const setup = createSetup(experiment, options);
  const { seed } = options;
  const rng = createRng(seed, 3);
  return {
    experiment,
    seed,
    setup,
    rng,
    losses: [],
    rungs: [],
    basins: [],
    gradientSteps: 0,
    trainSeconds: 0,
    essDirect: null,
  };
}

/** Every how many iterations a loss is kept for the record. */
const THIN = 10;

const evaluationsOf = ({ setup }: Run): number =>
  setup.target.evaluations.energies + setup.target.evaluations.gradients;

/** Stage 1: reverse KL at the high temperature. Stops early when the signal says so. */
export async function trainReverseKl(run: Run, { onProgress, signal }: Watch = {}): Promise<void> {
  const { model } = run.setup;
  const options = run.experiment.reverseKl;
  const log = {
    stage: "reverse KL",
    temperature: options.temperature,
    iterations: [] as number[],
    values: [] as number[],
  };
  run.losses.push(log);
  const start = performance.now();
  let state = initReverseKl(run.rng);
  while (state.iteration < options.iterations && !signal?.aborted) {
    const [next, info] = await stepReverseKl(model, options, state);
    state = next;
    run.gradientSteps++;
    if (info.iteration % THIN === 0) {
      log.iterations.push(info.iteration);
      log.values.push(info.loss);
    }
    onProgress?.({
      ...info,
      stage: "reverse KL",
      temperature: options.temperature,
      step: state.iteration,
      steps: options.iterations,
      ess: null,
      evaluations: evaluationsOf(run),
    });
  }
  run.trainSeconds += (performance.now() - start) / 1e3;
}

/** Shares of the basins among samples at a temperature, for the record. */
export function followBasins(run: Run, samples: Samples, temperature: number): BasinRecord[] {
  const { target, basins } = run.setup;
  const weights = logWeights(target, samples, temperature);
  return basins.map(({ name, contains }) => ({
    basin: name,
    temperature,
    ...basinShare(weights, (i) => contains(samples.x, i * samples.dof)),
  }));
}

/** Stage 2: down the ladder. `onRung` sees every rung with its samples, before they are forgotten. */
export async function annealDown(run: Run, watch: RungWatch = {}): Promise<void> {
  const options = run.experiment.anneal;
  if (options === null)
    throw new Error(
      `annealDown: missing ladder (experiment ${run.experiment.method}), expected a method that anneals, for example ta-bg`,
    );
  let state = initAnneal(options, run.rng);
  while (state.remaining.length > 0 && !watch.signal?.aborted) state = await annealRung(run, options, state, watch);
}

/** A function of its own, because a loop's variables outlive its turns: the samples of one rung would stay while the next ones are drawn. */
async function annealRung(
  run: Run,
  options: AnnealOptions,
  state: AnnealState,
  { onProgress, signal, onRung }: RungWatch,
): Promise<AnnealState> {
  const { model, target } = run.setup;
  const start = performance.now();
  const log = { stage: "annealing", temperature: NaN, iterations: [] as number[], values: [] as number[] };
  const [next, rung] = await stepAnneal(model, options, state, (info, { to, bufferEss, iterations }) => {
    run.gradientSteps++;
    log.temperature = to;
    if (info.iteration % THIN === 0) {
      log.iterations.push(info.iteration);
      log.values.push(info.loss);
    }
    onProgress?.({
      ...info,
      stage: "annealing",
      temperature: to,
      step: info.iteration + 1,
      steps: iterations,
      ess: bufferEss,
      evaluations: evaluationsOf(run),
    });
    return !signal?.aborted;
  });
  if (run.rungs.length === 0) run.essDirect = reverseEss(logWeights(target, rung.samples, options.ladder.at(-1)!));
  run.losses.push(log);
  run.basins.push(...followBasins(run, rung.samples, rung.to));
  const { from, to, decision, bufferEss, invalid, iterations } = rung;
  const seconds = (performance.now() - start) / 1e3;
  run.rungs.push({ from, to, decision, bufferEss, invalid, iterations, samples: rung.samples.n, seconds });
  run.trainSeconds += seconds;
  onRung?.(rung);
  return next;
}

/** The last temperature that the experiment trains at. */
export function finalTemperature({ reverseKl, anneal }: Experiment): number {
  return anneal?.ladder.at(-1) ?? reverseKl.temperature;
}

/** Fresh samples of the flow, for evaluation and figures: n target evaluations. */
export async function sampleRun(run: Run, n: number): Promise<Samples> {
  return sampleFlow(run.setup.model, n, run.rng);
}

/** The record of what was done, evaluated on samples of the final flow. */
export function recordRun(run: Run, samples: Samples): RunRecord {
  const { experiment, seed, setup } = run;
  const { target, model } = setup;
  const temperature = finalTemperature(experiment);
  const weights = logWeights(target, samples, temperature);
  const logZ = estimateLogZ(weights, createRng(seed, 4));
  const bound = elbo(weights, (i) => weights[i]! < logZ.value - 100);
  const { energies, gradients } = target.evaluations;
  return {
    system: experiment.system,
    method: experiment.method,
    preset: experiment.preset,
    seed,
    engine: model.engine.name,
    essFinal: reverseEss(weights),
    essDirect: run.essDirect,
    essPerRung: run.rungs.map((r) => r.bufferEss),
    evaluations: energies + gradients - samples.n,
    evaluationsByKind: { energies: energies - samples.n, gradients },
    gradientSteps: run.gradientSteps,
    wallSeconds: run.trainSeconds,
    logZ: logZ.value,
    logZError: logZ.error,
    basins: [...run.basins, ...followBasins(run, samples, temperature)],
    losses: run.losses,
    config: { ...experiment },
    versions: versions(),
    metrics: { evaluationSamples: samples.n, elbo: bound.core.value, elboExcluded: bound.excluded, rungs: run.rungs },
  };
}
