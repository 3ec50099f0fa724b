/** The numbers of every preset: the paper's (its appendix on hyperparameters), and smaller ones found by trial on two cores. */
import type { AnnealOptions } from "../train/anneal";
import { geometricLadder } from "../train/ladder";
import type { ReverseKlOptions } from "../train/reverse-kl";
import type { PresetName, Settings, SystemName } from "./experiment";

const COMMON = { clipNorm: 100, weightDecay: 0 };
const constantDrop = (last: number): ReverseKlOptions["drop"] => ({ first: last, last, iterations: 0 });
const NO_DROP = constantDrop(0);
/** As in the paper: one draw per rung, and all iterations on its buffer. */
const ONE_DRAW = { maxSamples: 0, effective: 0, passes: null, refinement: null };
const cosine = (peak: number, warmup: number): ReverseKlOptions["schedule"] => ({ peak, warmup, floor: 0 });

/** 1200 K to 300 K in nine steps and one refinement: the paper's ladder for molecules. */
export const PAPER_LADDER = geometricLadder({ from: 1200, to: 300, steps: 9 });
/** The paper's ladder for the mixture. */
export const PAPER_MIXTURE_LADDER = geometricLadder({ from: 30, to: 1, steps: 7 });

const MIXTURE: Readonly<Record<PresetName, Settings>> = {
  smoke: {
    flow: { couplings: 8, hidden: 64, layers: 2, bins: 16, seed: 0 },
    reverseKl: {
      ...COMMON,
      temperature: 30,
      iterations: 1500,
      batch: 512,
      drop: NO_DROP,
      schedule: cosine(2e-3, 100),
    },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 50_000,
      ...ONE_DRAW,
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
    reverseKl: {
      ...COMMON,
      temperature: 30,
      iterations: 3000,
      batch: 512,
      drop: NO_DROP,
      schedule: cosine(1e-3, 200),
    },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 200_000,
      ...ONE_DRAW,
      buffer: 200_000,
      clip: 0,
      iterations: 1000,
      batch: 1024,
      schedule: cosine(5e-4, 20),
      essFloor: 0.1,
      maxExtraRefinements: 2,
    },
    evaluationSamples: 500_000,
  },
  paper: {
    flow: { couplings: 13, hidden: 120, layers: 1, bins: 16, seed: 0 },
    reverseKl: {
      ...COMMON,
      weightDecay: 1e-5,
      temperature: 30,
      iterations: 50_000,
      batch: 128,
      drop: NO_DROP,
      schedule: cosine(1e-4, 1000),
    },
    anneal: {
      ...COMMON,
      ladder: PAPER_MIXTURE_LADDER,
      samples: 2_000_000,
      ...ONE_DRAW,
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

/** What the paper's molecules share: one architecture, ladder and clipping. */
function paperMolecule(
  reverse: { iterations: number; batch: number; drop: number },
  anneal: { iterations: number; batch: number; rate: number; samples: number; ladder: readonly number[] },
): Settings {
  return {
    flow: { couplings: 16, hidden: 256, layers: 4, bins: 8, seed: 0 },
    reverseKl: {
      clipNorm: 100,
      weightDecay: 1e-5,
      temperature: 1200,
      iterations: reverse.iterations,
      batch: reverse.batch,
      drop: constantDrop(reverse.drop),
      schedule: cosine(1e-4, 1000),
    },
    anneal: {
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
    },
    evaluationSamples: 10_000_000,
  };
}

/** What differs between the flows that two cores train in minutes to hours. */
interface SmallSettings {
  readonly couplings?: number;
  readonly reverseIterations: number;
  readonly ladder: readonly number[];
  /** Iterations and samples per rung, at most; of the first draw a quarter as many. */
  readonly iterations: number;
  readonly samples: number;
  readonly effective: number;
  readonly refinement?: AnnealOptions["refinement"];
  /** While annealing. */
  readonly clipNorm?: number;
  readonly evaluationSamples: number;
}

function smallMolecule(settings: SmallSettings): Settings {
  const { couplings = 8, reverseIterations, ladder, iterations, samples, effective, refinement = null } = settings;
  const { clipNorm = COMMON.clipNorm } = settings;
  return {
    flow: { couplings, hidden: 128, layers: 3, bins: 8, seed: 0 },
    reverseKl: {
      ...COMMON,
      temperature: 1200,
      iterations: reverseIterations,
      batch: 512,
      drop: { first: 256, last: 10, iterations: 300 },
      schedule: cosine(1e-3, 50),
    },
    anneal: {
      ...COMMON,
      clipNorm,
      ladder,
      samples: samples / 4,
      maxSamples: samples,
      effective,
      buffer: samples,
      clip: Math.max(1e-4, 100 / samples), // about a hundred samples, whatever their number
      passes: 10,
      iterations,
      batch: 1024,
      schedule: cosine(5e-4, 10),
      refinement,
      essFloor: 0.01,
      maxExtraRefinements: 3,
    },
    evaluationSamples: settings.evaluationSamples,
  };
}

/** For the larger molecules two minutes teach nothing: their smoke preset only shows that all parts fit together. */
const FITS_TOGETHER = smallMolecule({
  reverseIterations: 400,
  ladder: [1200, 1100],
  iterations: 20,
  samples: 8_000,
  effective: 1_000,
  evaluationSamples: 10_000,
});

/** The hexapeptide's ladder: every temperature twice. */
const TWICE = PAPER_LADDER.slice(0, -1).flatMap((t, i) => (i === 0 ? [t] : [t, t]));

/** By system and preset, with annealing; methods without it derive from these. */
export const SETTINGS: Readonly<Record<SystemName, Readonly<Record<PresetName, Settings>>>> = {
  gmm: MIXTURE,
  aldp: {
    smoke: smallMolecule({
      reverseIterations: 2200,
      ladder: PAPER_LADDER,
      iterations: 110,
      samples: 100_000,
      effective: 10_000,
      // Norms are about 15, and a hundred times as much where a bin has become narrow: in seed 1 such steps undid the last rung, ESS 38 -> 4 %
      // at a clip of 100, 34 -> 36 % at 20.
      clipNorm: 20,
      evaluationSamples: 100_000,
    }),
    laptop: smallMolecule({
      couplings: 10,
      reverseIterations: 5000,
      ladder: [...PAPER_LADDER, 300],
      iterations: 500,
      samples: 400_000,
      effective: 60_000,
      refinement: { samples: 1_000_000, maxSamples: 1_000_000, buffer: 1_000_000, clip: 1e-4, iterations: 3500 },
      evaluationSamples: 1_000_000,
    }),
    paper: paperMolecule(
      { iterations: 100_000, batch: 256, drop: 10 },
      { iterations: 30_000, batch: 2048, rate: 5e-6, samples: 5_000_000, ladder: PAPER_LADDER },
    ),
  },
  tetra: {
    smoke: FITS_TOGETHER,
    laptop: smallMolecule({
      couplings: 12,
      reverseIterations: 60_000,
      ladder: PAPER_LADDER,
      iterations: 2000,
      samples: 1_000_000,
      effective: 100_000,
      evaluationSamples: 1_000_000,
    }),
    paper: paperMolecule(
      { iterations: 100_000, batch: 256, drop: 10 },
      { iterations: 20_000, batch: 4096, rate: 1e-5, samples: 5_000_000, ladder: PAPER_LADDER },
    ),
  },
  hexa: {
    smoke: FITS_TOGETHER,
    laptop: smallMolecule({
      couplings: 12,
      reverseIterations: 100_000,
      ladder: TWICE,
      iterations: 2000,
      samples: 1_000_000,
      effective: 100_000,
      evaluationSamples: 1_000_000,
    }),
    paper: paperMolecule(
      { iterations: 250_000, batch: 512, drop: 20 },
      { iterations: 20_000, batch: 2048, rate: 5e-6, samples: 10_000_000, ladder: TWICE },
    ),
  },
};
