/** The stages of a run: each goes on where it stopped when it is called again, also on a run that was restored from a checkpoint. */
import { initAnneal, stepAnneal } from "../train/anneal";
import { partiesOf, sweepsOf } from "../train/chain-options";
import { initHotChains, stepHotChains } from "../train/hot-chains";
import { initPathKl, stepPathKl } from "../train/path-kl";
import { initReverseKl, stepReverseKl } from "../train/reverse-kl";
import type { AnnealOptions } from "../train/rung";
import { initTrustRegion, stepTrustRegion } from "../train/trust-region";
import { trainFab, trainForwardKl } from "./baselines";
import { firstTemperature } from "./experiment";
import { groundOf, spaceOf } from "./ground";
import type { Run } from "./run";
import { requireOptions, type RungWatch, runStage, tellIteration, type Watch } from "./stage";
import { tellRound, tellSweep } from "./tell-round";

/** @throws Error if the first stage was stopped, and the flow annealed since: it would be trained at the high temperature again. */
function refuseReturn(
  place: string,
  { anneal, trustRegion }: Run["stages"],
  stopped: { readonly iteration: number } | null,
  iterations: number,
): void {
  if ((anneal ?? trustRegion) === null || stopped === null || stopped.iteration >= iterations) return;
  throw new Error(
    `${place}: invalid run (got one that was stopped at iteration ${stopped.iteration} and annealed since), ` +
      "expected one that has not been annealed; go on with annealDown, or call startRun for a new run",
  );
}

/** Reverse KL at the temperature of its options: the first stage of annealing, or all of the baseline. */
export async function trainReverseKl(run: Run, watch: Watch = {}): Promise<void> {
  const { experiment, setup, stages } = run;
  const options = requireOptions(experiment, "reverseKl", "trainReverseKl");
  const { iterations } = options;
  refuseReturn("trainReverseKl", stages, stages.reverseKl, iterations);
  await runStage(run, "reverseKl", watch, {
    init: () => initReverseKl(run.rng),
    isDone: ({ iteration }) => iteration >= iterations,
    async step(state) {
      const [next, info] = await stepReverseKl(setup.model, options, state);
      return [next, tellIteration("reverse KL", options, next, info)];
    },
  });
}

/** Maximum likelihood on chains at a high temperature: the first stage of annealing in the place of reverse KL. */
export async function trainHotChains(run: Run, watch: Watch = {}): Promise<void> {
  const { experiment, setup, stages } = run;
  const options = requireOptions(experiment, "hotChains", "trainHotChains");
  const { temperature, iterations } = options;
  refuseReturn("trainHotChains", stages, stages.hotChains, iterations);
  const ground = groundOf(setup, temperature);
  await runStage(run, "hotChains", watch, {
    init: () => initHotChains(run.rng),
    isDone: ({ iteration }) => iteration >= iterations,
    async step(state) {
      const [next, { trained, sweep }] = await stepHotChains(setup.model, ground, options, state);
      if (!trained) return [next, tellSweep(sweep, { temperature, steps: sweepsOf(partiesOf(options)) })];
      return [next, tellIteration("hot chains", options, next, trained)];
    },
  });
}

/** @throws Error if the flow comes from elsewhere than the ladder begins: of a file, at the end of another. */
function requireStart({ from, stages }: Run, { ladder }: AnnealOptions): void {
  const isUntouched = Object.values(stages).every((state) => state === null);
  if (from === null || !isUntouched || Math.abs(ladder[0]! / from - 1) < 1e-6) return;
  throw new Error(
    `annealDown: invalid ladder (got one from ${ladder[0]} for a flow of ${from}), expected it to begin there; ` +
      "take branchRun(run, snapshotFlow(run), { ladder })",
  );
}

/** Down the ladder. `onRung` sees every rung with its samples, before they are forgotten. */
export async function annealDown(run: Run, watch: RungWatch = {}): Promise<void> {
  const { experiment, setup } = run;
  const options = requireOptions(experiment, "anneal", "annealDown");
  requireStart(run, options);
  const space = spaceOf(setup);
  await runStage(run, "anneal", watch, {
    init: () => initAnneal(options, run.rng),
    isDone: ({ remaining }) => remaining.length === 0,
    async step(state) {
      const start = performance.now();
      const [next, info] = await stepAnneal(setup.model, options, state, space);
      return [next, tellRound(run, info, { stage: "annealing", temperature: state.temperature, start })];
    },
  });
}

/** Refines the flow at the last temperature, by the forces at fresh samples. */
export async function trainPathKl(run: Run, watch: Watch = {}): Promise<void> {
  const { experiment, setup } = run;
  const options = requireOptions(experiment, "pathKl", "trainPathKl");
  await runStage(run, "pathKl", watch, {
    init: () => initPathKl(run.rng),
    isDone: ({ iteration }) => iteration >= options.iterations,
    async step(state) {
      const [next, info] = await stepPathKl(setup.model, options, state);
      return [next, tellIteration("path gradients", options, next, info)];
    },
  });
}

/** Towards the target by trust regions, from the prior or from a flow of reverse KL. */
export async function trainTrustRegion(run: Run, watch: RungWatch = {}): Promise<void> {
  const { experiment, setup } = run;
  const options = requireOptions(experiment, "trustRegion", "trainTrustRegion");
  // A flow from elsewhere, as one that was loaded, is of a density that no temperature tells.
  const begun = (run.stages.reverseKl ?? run.stages.hotChains) !== null;
  await runStage(run, "trustRegion", watch, {
    init: () => initTrustRegion(options, begun ? firstTemperature(experiment) : null, run.rng),
    isDone: ({ remaining }) => remaining === 0,
    async step(state) {
      const start = performance.now();
      const [next, info] = await stepTrustRegion(setup.model, options, state);
      const temperature = options.temperature / state.exponents.target;
      return [next, tellRound(run, info, { stage: "trust region", temperature, start })];
    },
  });
}

/** All stages of the run's method, one after another; those that are done already are passed over. */
export async function trainRun(run: Run, watch: RungWatch = {}): Promise<void> {
  const { reverseKl, hotChains, anneal, trustRegion, pathKl, forwardKl, fab } = run.experiment;
  if (reverseKl) await trainReverseKl(run, watch);
  if (hotChains) await trainHotChains(run, watch);
  if (anneal && !watch.signal?.aborted) await annealDown(run, watch);
  if (trustRegion && !watch.signal?.aborted) await trainTrustRegion(run, watch);
  if (pathKl && !watch.signal?.aborted) await trainPathKl(run, watch);
  if (forwardKl) await trainForwardKl(run, watch);
  if (fab) await trainFab(run, watch);
}
