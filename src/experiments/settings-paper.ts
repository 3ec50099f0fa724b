/** The paper's settings of molecules, and what those of every size share with them. */
import { PAPER_FLOW } from "../flow/spec";
import type { FabOptions } from "../train/fab";
import { geometricLadder } from "../train/ladder";
import {
  allTemperatures,
  COMMON,
  constant,
  constantDrop,
  cosine,
  FAB,
  foundOnTheWay,
  hotChains,
  ONE_DRAW,
  type SystemSettings,
  trustRegions,
} from "./settings-common";

/** 1200 K to 300 K in nine steps and one refinement: the paper's ladder for molecules. */
export const PAPER_LADDER = geometricLadder({ from: 1200, to: 300, steps: 9 });

/** Eight distributions between flow and target, one HMC step each that begins at 0.005, which is 0.05 in coordinates scaled by ten. */
export const ais = (leapfrogs: number): Pick<FabOptions, "temperature" | "ais" | "stepSize"> => ({
  temperature: 300,
  ais: { levels: 8, leapfrogs, jitter: 0 },
  stepSize: 0.005,
});

/**
 * Of every step of a trust region, in nats. On the line of temperatures one bound implies the other: for 30 harmonic modes k of heat capacity, the
 * paper's ladder would spend 0.3 of KL and 4.6 of entropy a step.
 */
export const MOLECULE_BOUNDS = { kl: 0.3, entropy: 10 };

/** That steps of a steered flow aim at: with known densities a quarter of the samples teaches nearly as much as all of them, and steps are few. */
export const STEP_ESS = 0.25;

/** What the paper's molecules share: one architecture, ladder and clipping. */
export function paperMolecule(
  reverse: { iterations: number; batch: number; drop: number },
  anneal: { iterations: number; batch: number; rate: number; samples: number; ladder: readonly number[] },
  baselines: { forwardIterations: number; leapfrogs: number },
): SystemSettings {
  const reverseKl = {
    ...COMMON,
    weightDecay: 1e-5,
    temperature: 1200,
    iterations: reverse.iterations,
    batch: reverse.batch,
    drop: constantDrop(reverse.drop),
    schedule: cosine(1e-4, 1000),
  };
  const annealing = {
    ...COMMON,
    ladder: anneal.ladder,
    samples: anneal.samples,
    ...ONE_DRAW,
    buffer: 2_000_000,
    clip: 1e-4,
    iterations: anneal.iterations,
    batch: anneal.batch,
    schedule: cosine(anneal.rate, 0),
    essFloor: 0,
    maxExtraRefinements: 0,
  };
  const flow = { ...PAPER_FLOW, steered: null };
  return {
    flow,
    reverseKl,
    anneal: annealing,
    coldReverseKl: { ...reverseKl, temperature: 300, iterations: 250_000, batch: 1024, drop: constantDrop(40) },
    forwardKl: {
      ...COMMON,
      temperature: 300,
      samples: null,
      iterations: baselines.forwardIterations,
      batch: 1024,
      schedule: constant(5e-5),
    },
    fab: {
      ...FAB,
      ...ais(baselines.leapfrogs),
      clipNorm: 1000,
      iterations: 50_000,
      batch: 1024,
      schedule: constant(1e-4),
      leastBatches: 64,
      mostBatches: 512,
    },
    adaptive: foundOnTheWay({ ...flow, steered: 1200 }, { reverseKl }, annealing, STEP_ESS),
    trustRegion: trustRegions(reverseKl, annealing, MOLECULE_BOUNDS),
    hotChains: hotChains(flow, reverseKl, annealing),
    conditioned: allTemperatures(flow, { reverseKl }, annealing),
    evaluationSamples: 10_000_000,
  };
}
