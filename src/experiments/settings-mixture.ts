/** The mixture's numbers at every preset. */
import { PAPER_MIXTURE_FLOW } from "../flow/spec";
import type { FabOptions } from "../train/fab";
import { geometricLadder } from "../train/ladder";
import type { ReverseKlOptions } from "../train/reverse-kl";
import type { AnnealOptions } from "../train/rung";
import type { PresetName } from "./experiment";
import {
  allTemperatures,
  colder,
  COMMON,
  constant,
  cosine,
  FAB,
  foundOnTheWay,
  hotChains,
  NO_DROP,
  ONE_DRAW,
  type SystemSettings,
  trustRegions,
} from "./settings-common";

/** The paper's ladder for the mixture. */
const PAPER_MIXTURE_LADDER = geometricLadder({ from: 30, to: 1, steps: 7 });

/** One distribution between the flow and the target of AIS, one leapfrog step. */
const AIS = { levels: 1, leapfrogs: 1, jitter: 0 };

/**
 * Of every step of a trust region, in nats; the one on KL is met: steps lose 0.2 to 0.4 of entropy. At the size of smoke, seed 1: from the prior, which is
 * narrower than the mixture, the mode at the corner is lost (ESS 90.8 %, 39 of 40); from reverse KL at T = 30 none (87.7 %, both by maximum likelihood).
 */
const MIXTURE_BOUNDS = { kl: 0.1, entropy: 1 };

/** That steps aim at where they are found on the way: modes part early, and a step too far loses some. */
const STEP_ESS = 0.5;

/** What differs between the presets. */
interface MixtureNumbers {
  readonly flow: SystemSettings["flow"];
  readonly weightDecay?: number;
  readonly reverseKl: Pick<ReverseKlOptions, "iterations" | "batch" | "schedule">;
  readonly anneal: Pick<
    AnnealOptions,
    "samples" | "iterations" | "batch" | "schedule" | "essFloor" | "maxExtraRefinements"
  >;
  readonly forwardKl: Pick<SystemSettings["forwardKl"], "samples" | "iterations" | "schedule">;
  readonly fab: Pick<FabOptions, "iterations" | "batch" | "schedule" | "leastBatches" | "mostBatches"> &
    Partial<Pick<FabOptions, "clipNorm">>;
  /** What trust regions do otherwise than annealing. */
  readonly trust: Partial<Pick<AnnealOptions, "samples" | "iterations" | "knownDensities">> & {
    readonly reverseIterations: number;
  };
  readonly evaluationSamples: number;
}

function mixture({ flow, weightDecay = 0, trust, evaluationSamples, ...numbers }: MixtureNumbers): SystemSettings {
  const reverseKl = { ...COMMON, weightDecay, temperature: 30, drop: NO_DROP, ...numbers.reverseKl };
  const anneal = {
    ...COMMON,
    ...ONE_DRAW,
    ladder: PAPER_MIXTURE_LADDER,
    buffer: numbers.anneal.samples,
    clip: 0,
    ...numbers.anneal,
  };
  const { reverseIterations, samples = anneal.samples, ...round } = trust;
  const guided = { ...anneal, samples, buffer: samples, ...round };
  return {
    flow,
    reverseKl,
    anneal,
    coldReverseKl: colder(reverseKl, anneal),
    forwardKl: { ...COMMON, temperature: 1, batch: 1024, ...numbers.forwardKl },
    fab: { ...FAB, clipNorm: COMMON.clipNorm, temperature: 1, ais: AIS, stepSize: 0.01, ...numbers.fab },
    adaptive: foundOnTheWay(flow, { reverseKl }, anneal, STEP_ESS),
    trustRegion: trustRegions({ ...reverseKl, iterations: reverseIterations }, guided, MIXTURE_BOUNDS),
    hotChains: hotChains(flow, reverseKl, anneal),
    conditioned: allTemperatures(flow, { reverseKl }, anneal),
    evaluationSamples,
  };
}

export const MIXTURE: Readonly<Record<PresetName, SystemSettings>> = {
  smoke: mixture({
    flow: { couplings: 8, hidden: 64, layers: 2, bins: 16, seed: 0 },
    reverseKl: { iterations: 1500, batch: 512, schedule: cosine(2e-3, 100) },
    anneal: {
      samples: 50_000,
      iterations: 400,
      batch: 1024,
      schedule: cosine(1e-3, 20),
      essFloor: 0.1,
      maxExtraRefinements: 2,
    },
    forwardKl: { samples: 100_000, iterations: 2000, schedule: cosine(2e-3, 100) },
    fab: { iterations: 3000, batch: 1024, schedule: cosine(1e-3, 100), leastBatches: 16, mostBatches: 64 },
    trust: { reverseIterations: 600, knownDensities: true },
    evaluationSamples: 50_000,
  }),
  laptop: mixture({
    flow: PAPER_MIXTURE_FLOW,
    reverseKl: { iterations: 3000, batch: 512, schedule: cosine(1e-3, 200) },
    anneal: {
      samples: 400_000,
      iterations: 2500,
      batch: 1024,
      schedule: cosine(1e-3, 20),
      essFloor: 0.1,
      maxExtraRefinements: 2,
    },
    forwardKl: { samples: 1_000_000, iterations: 9000, schedule: cosine(1e-3, 200) },
    fab: { iterations: 6000, batch: 1024, schedule: cosine(1e-3, 200), leastBatches: 16, mostBatches: 128 },
    trust: { reverseIterations: 1500, samples: 150_000, iterations: 1800, knownDensities: true },
    evaluationSamples: 500_000,
  }),
  paper: mixture({
    flow: PAPER_MIXTURE_FLOW,
    weightDecay: 1e-5,
    reverseKl: { iterations: 50_000, batch: 128, schedule: cosine(1e-4, 1000) },
    anneal: {
      samples: 2_000_000,
      iterations: 20_000,
      batch: 8192,
      schedule: cosine(5e-5, 0),
      essFloor: 0,
      maxExtraRefinements: 0,
    },
    forwardKl: { samples: 2_000_000, iterations: 100_000, schedule: constant(5e-5) },
    fab: {
      clipNorm: 1000,
      iterations: 50_000,
      batch: 8192,
      schedule: constant(1e-5),
      leastBatches: 64,
      mostBatches: 512,
    },
    trust: { reverseIterations: 50_000 },
    evaluationSamples: 10_000_000,
  }),
};
