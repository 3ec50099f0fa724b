/** The stages of the baselines that the paper compares with, beside reverse KL. */
import { initFab, stepFab } from "../train/fab";
import { initForwardKl, stepForwardKl } from "../train/forward-kl";
import type { Run } from "./run";
import { requireOptions, runStage, tellIteration, type Watch } from "./stage";
import { loadTruth } from "./truth";

/** Maximum likelihood on the target's own samples, as if a long simulation had been afforded. */
export async function trainForwardKl(run: Run, watch: Watch = {}): Promise<void> {
  const { experiment, setup, seed } = run;
  const options = requireOptions(experiment, "forwardKl", "trainForwardKl");
  const { iterations, samples, temperature: temperatures } = options;
  const { evaluations, ...data } = loadTruth(experiment.system, {
    use: "training",
    samples,
    seed,
    coordinates: setup.molecule?.coordinates,
  });
  run.dataEvaluations = evaluations;
  await runStage(run, "forwardKl", watch, {
    init: () => initForwardKl(run.rng),
    isDone: ({ iteration }) => iteration >= iterations,
    async step(state) {
      const [next, info] = await stepForwardKl(setup.model, { ...data, temperatures }, options, state);
      return [next, tellIteration("forward KL", options, next, info)];
    },
  });
}

/** Flow annealed importance sampling bootstrap: at the last temperature from the start. */
export async function trainFab(run: Run, watch: Watch = {}): Promise<void> {
  const { experiment, setup } = run;
  const options = requireOptions(experiment, "fab", "trainFab");
  const { iterations } = options;
  await runStage(run, "fab", watch, {
    init: () => initFab(setup.model, options, run.rng),
    isDone: ({ iteration }) => iteration >= iterations,
    async step(state) {
      const [next, info] = await stepFab(setup.model, options, state);
      return [next, info.updates === 0 ? null : tellIteration("FAB", options, next, info)];
    },
  });
}
