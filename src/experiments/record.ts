/** The record of a run: what was done, what it cost, and what came out, also against the truth where there is one. */
import { evaluate, type Evaluation } from "../evaluate/evaluate";
import { reverseEss } from "../evaluate/ess";
import { elbo, estimateLogZ } from "../evaluate/logz";
import type { RunRecord } from "../io/record";
import { createRng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import { logProb } from "../train/model";
import { finalTemperature } from "./presets";
import { followBasins, type Run } from "./run";
import { hasTruth, loadTruth, truthEvaluations } from "./truth";
import { versions } from "./versions";

/** The part of an evaluation that a record keeps: numbers, no histograms. */
export interface TruthMetrics {
  /** Samples of the truth. */
  readonly frames: number;
  readonly forward: Evaluation["forward"];
  readonly ramachandranTv: NonNullable<Evaluation["ramachandran"]>["tv"] | null;
  readonly ramachandranKld: NonNullable<Evaluation["ramachandran"]>["kld"] | null;
  readonly torus: Evaluation["torus"];
  readonly energyW2: Evaluation["energies"]["w2"];
  readonly conformations: Evaluation["conformations"];
}

/** The run's samples against exact ones or ground truth of its system; null where there is none. Costs one target evaluation per frame. */
export async function compareWithTruth(run: Run, samples: Samples): Promise<TruthMetrics | null> {
  const { experiment, setup, seed } = run;
  const { target, model, molecule } = setup;
  if (!hasTruth(experiment.system)) return null;
  const { n, dof, x, runs } = loadTruth(experiment.system, { use: "evaluation", samples: samples.n, seed });
  const { energy, logDet } = await target.energies(x, n);
  const logQ = await logProb(model, x, n);
  const evaluation = evaluate(samples, {
    target,
    temperature: finalTemperature(experiment),
    truth: { n, dof, x, energy, logDet, logQ },
    molecule,
    runs,
  });
  return {
    frames: n,
    forward: evaluation.forward,
    ramachandranTv: evaluation.ramachandran?.tv ?? null,
    ramachandranKld: evaluation.ramachandran?.kld ?? null,
    torus: evaluation.torus,
    energyW2: evaluation.energies.w2,
    conformations: evaluation.conformations,
  };
}

/**
 * The record of what was done, evaluated on samples of the final flow.
 * @param truth what `compareWithTruth` found; left out or null: the record does not say.
 */
export function recordRun(run: Run, samples: Samples, truth: TruthMetrics | null = null): RunRecord {
  const { experiment, seed, setup, evaluations } = run;
  const { target, model } = setup;
  const temperature = finalTemperature(experiment);
  const weights = logWeights(target, samples, temperature);
  const logZ = estimateLogZ(weights, createRng(seed, 4));
  const bound = elbo(weights, (i) => weights[i]! < logZ.value - 100);
  return {
    system: experiment.system,
    method: experiment.method,
    preset: experiment.preset,
    seed,
    engine: model.engine.name,
    essFinal: reverseEss(weights),
    essDirect: run.essDirect,
    essPerRung: run.rungs.map((r) => r.bufferEss),
    evaluations: evaluations.energies + evaluations.gradients,
    evaluationsByKind: evaluations,
    gradientSteps: run.gradientSteps,
    wallSeconds: run.trainSeconds,
    logZ: logZ.value,
    logZError: logZ.error,
    basins: [...run.basins, ...followBasins(run, samples, temperature)],
    losses: run.losses,
    config: { ...experiment },
    versions: versions(),
    metrics: {
      evaluationSamples: samples.n,
      elbo: bound.core.value,
      elboExcluded: bound.excluded,
      rungs: run.rungs,
      // What the simulation cost that the flow learned from.
      ...(experiment.forwardKl && { dataEvaluations: truthEvaluations(experiment.system) }),
      truth,
    },
  };
}
