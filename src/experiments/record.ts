/** The record of a run: what was done, what it cost, and what came out, also against the truth where there is one. */
import { evaluate, type Evaluation } from "../evaluate/evaluate";
import { effectiveSamples } from "../evaluate/ess";
import { reverseLikelihood } from "../evaluate/likelihood";
import type { Distances } from "../evaluate/parts";
import { type RamachandranPair, ramachandranTv } from "../evaluate/ramachandran";
import type { RunRecord } from "../io/record";
import type { Histogram } from "../numerics/histogram";
import { createRng } from "../numerics/random";
import { countInvalid, logWeights, type Samples } from "../target/samples";
import { scoreFrames } from "../train/model";
import { finalTemperature } from "./presets";
import { followBasins, type Run } from "./run";
import { lackOfTruth, loadTruth } from "./truth";
import { versions } from "./versions";

/** What a record keeps of an evaluation against the truth: numbers, no histograms. */
export interface TruthMetrics {
  /** Samples of the truth that the distances below refer to, unless they say otherwise. */
  readonly frames: number;
  readonly forward: Evaluation["forward"];
  /** From the frames: distances at equal counts, and their noise floor. */
  readonly ramachandranTv: Distances | null;
  readonly ramachandranKld: Distances | null;
  /** Total variation from the histograms of every sweep, averaged over the pairs; null for the mixture. */
  readonly sweepTv: { readonly plain: number; readonly reweighted: number } | null;
  readonly torus: Distances | null;
  readonly energyW2: Distances;
  readonly conformations: Evaluation["conformations"];
}

/** The run's samples against exact ones or ground truth of its system; null where there is none. Costs one target evaluation per frame. */
export async function compareWithTruth(run: Run, samples: Samples): Promise<TruthMetrics | null> {
  const { experiment, setup, seed } = run;
  const { target, model, molecule } = setup;
  const temperature = finalTemperature(experiment);
  if (lackOfTruth(experiment) !== null) return null;
  const truth = loadTruth(experiment.system, {
    use: "evaluation",
    samples: experiment.system === "gmm" ? samples.n : null,
    seed,
    coordinates: molecule?.coordinates,
  });
  const scored = await scoreFrames(model, truth, temperature);
  const evaluation = evaluate(samples, { target, temperature, truth: scored, molecule, runs: truth.runs });
  return {
    frames: truth.n,
    forward: evaluation.forward,
    ramachandranTv: evaluation.ramachandran?.tv ?? null,
    ramachandranKld: evaluation.ramachandran?.kld ?? null,
    sweepTv: evaluation.ramachandran && sweepTv(truth.ramachandran, evaluation.ramachandran.pairs),
    torus: evaluation.torus,
    energyW2: evaluation.energies.w2,
    conformations: evaluation.conformations,
  };
}

function sweepTv(
  truth: readonly Histogram[],
  pairs: readonly RamachandranPair[],
): { plain: number; reweighted: number } {
  const mean = (of: (pair: RamachandranPair) => Histogram): number =>
    pairs.reduce((sum, pair, k) => sum + ramachandranTv(truth[k]!, of(pair)) / pairs.length, 0);
  return { plain: mean((pair) => pair.histograms.plain), reweighted: mean((pair) => pair.histograms.reweighted!) };
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
  const { ess, logZ, elbo, excluded } = reverseLikelihood(weights, createRng(seed, 4));
  return {
    system: experiment.system,
    method: experiment.method,
    preset: experiment.preset,
    seed,
    engine: model.engine.name,
    essFinal: ess,
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
      // Without a finite energy; and how many equally weighted ones the others are worth, no weight clipped.
      invalid: countInvalid(samples),
      effective: effectiveSamples(weights),
      elbo: elbo.value,
      elboExcluded: excluded,
      rungs: run.rungs,
      // Where training had to go back to an earlier state.
      rollbacks: run.rollbacks,
      // What the simulation cost that the flow learned from.
      dataEvaluations: run.dataEvaluations,
      truth,
    },
  };
}
