/** Experiments as values: every run is one system, method, preset and seed. */
import type { FlowOptions } from "../flow/spec";
import type { AnnealOptions } from "../train/anneal";
import { geometricLadder } from "../train/ladder";
import type { ReverseKlOptions } from "../train/reverse-kl";

export const SYSTEMS = ["gmm", "aldp", "tetra", "hexa"] as const;
export type SystemName = (typeof SYSTEMS)[number];
export const METHODS = ["ta-bg", "reverse-kl"] as const;
export type MethodName = (typeof METHODS)[number];
/** smoke: minutes, for CI and a first look; laptop: two cores, good figures; paper: the published setting. */
export const PRESETS = ["smoke", "laptop", "paper"] as const;
export type PresetName = (typeof PRESETS)[number];

/** Everything that a run depends on but its seed. JSON-serialisable; change a copy and run it. */
export interface Experiment {
  readonly system: SystemName;
  readonly method: MethodName;
  readonly preset: PresetName | "custom";
  readonly flow: FlowOptions;
  readonly reverseKl: ReverseKlOptions;
  /** null: reverse KL alone. */
  readonly anneal: AnnealOptions | null;
  /** Samples of the final evaluation; not training. */
  readonly evaluationSamples: number;
}

const COMMON = { clipNorm: 100, weightDecay: 0 };
const cosine = (peak: number, warmup: number): ReverseKlOptions["schedule"] => ({ peak, warmup, floor: 0 });

/** 1200 K to 300 K in nine steps and one refinement: the paper's ladder for molecules. */
export const PAPER_LADDER = geometricLadder({ from: 1200, to: 300, steps: 9 });
/** The paper's ladder for the mixture. */
export const PAPER_MIXTURE_LADDER = geometricLadder({ from: 30, to: 1, steps: 7 });

type Settings = Pick<Experiment, "flow" | "reverseKl" | "anneal" | "evaluationSamples">;

const MIXTURE: Readonly<Record<PresetName, Settings>> = {
  smoke: {
    flow: { couplings: 8, hidden: 64, layers: 2, bins: 16, seed: 0 },
    reverseKl: { ...COMMON, temperature: 30, iterations: 1500, batch: 512, dropHighest: 0, schedule: cosine(2e-3, 100) },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 50_000,
      buffer: 50_000,
      clip: 0,
      iterations: 400,
      batch: 1024,
      schedule: cosine(1e-3, 20),
      essFloor: 0.1,
      maxExtraRefinements: 2,
    },
    evaluationSamples: 50_000,
  },
  laptop: {
    flow: { couplings: 13, hidden: 120, layers: 1, bins: 16, seed: 0 },
    reverseKl: { ...COMMON, temperature: 30, iterations: 5000, batch: 512, dropHighest: 0, schedule: cosine(1e-3, 200) },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 200_000,
      buffer: 200_000,
      clip: 0,
      iterations: 1500,
      batch: 1024,
      schedule: cosine(5e-4, 20),
      essFloor: 0.1,
      maxExtraRefinements: 2,
    },
    evaluationSamples: 500_000,
  },
  paper: {
    flow: { couplings: 13, hidden: 120, layers: 1, bins: 16, seed: 0 },
    reverseKl: { ...COMMON, weightDecay: 1e-5, temperature: 30, iterations: 50_000, batch: 128, dropHighest: 0, schedule: cosine(1e-4, 1000) },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 2_000_000,
      buffer: 2_000_000,
      clip: 0,
      iterations: 20_000,
      batch: 8192,
      schedule: cosine(5e-5, 0),
      essFloor: 0,
      maxExtraRefinements: 0,
    },
    evaluationSamples: 10_000_000,
  },
};
