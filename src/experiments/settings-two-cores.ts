/** Settings of molecules for two cores: smaller flows, and rungs that draw as many samples as they need. */
import type { HotChainsOptions } from "../train/hot-chains";
import type { AnnealOptions } from "../train/rung";
import type { MethodName } from "./experiment";
import {
  allTemperatures,
  colder,
  COMMON,
  cosine,
  FAB,
  foundOnTheWay,
  hotChains,
  type SystemSettings,
  trustRegions,
} from "./settings-common";
import { ais, MOLECULE_BOUNDS, STEP_ESS } from "./settings-paper";

/** How many samples a rung draws, and how much it learns from them. */
type Draws = Pick<AnnealOptions, "samples" | "maxSamples" | "effective" | "buffer" | "clip" | "passes" | "iterations">;

/** How hot chains walk, where it differs. */
type Hot = Partial<HotChainsOptions> & { readonly iterations: number };

/** What differs between the flows that two cores train in minutes to hours. */
interface SmallSettings {
  readonly couplings?: number;
  readonly reverseIterations: number;
  /** Of hot chains in their place, and how they walk; by default for as many samples. */
  readonly hot?: Hot;
  /** With them: the hottest temperature of a flow whose prior narrows; by default it does not. */
  readonly steered?: number;
  /** After them: what differs in annealing. */
  readonly down?: Partial<AnnealOptions>;
  readonly ladder: readonly number[];
  /** How many a rung draws, and how it trains on them. */
  readonly rungs: Draws & Partial<AnnealOptions>;
  /** Of the baseline by reverse KL; by default as many as annealing trains. */
  readonly coldIterations?: number;
  /** Where its temperatures are found on the way: what differs, and of what comes before the iterations of reverse KL, or hot chains in their place. */
  readonly adaptive?: Partial<AnnealOptions> & { readonly reverseIterations?: number; readonly hot?: Hot };
  readonly foldRotors?: boolean;
  readonly confined?: readonly MethodName[];
  /**
   * Of the baselines. Forward KL learns by heart what ground truth there is: on the 10,000 frames of aldp the smoke preset's thousand iterations
   * end with -log q of -114.2 on those and -112.2 on the others, so that more of them would only make it worse.
   */
  readonly forwardIterations: number;
  readonly fabIterations: number;
  readonly evaluationSamples: number;
}

/** A rung that draws a quarter of the samples, and again until as many as asked for are effective. */
export const untilEffective = (effective: number, samples: number, iterations: number): Draws => ({
  samples: samples / 4,
  maxSamples: samples,
  effective,
  buffer: samples,
  clip: Math.max(1e-4, 100 / samples), // about a hundred samples, whatever their number
  passes: 10,
  iterations,
});

/** A rung of one draw, and all iterations on it: with known densities points are not learned by heart, and steps count for more than samples. */
export const onOneDraw = (samples: number, iterations: number) => ({
  reuse: null,
  chains: null,
  samples,
  maxSamples: samples,
  buffer: samples,
  clip: 1e-4,
  passes: null,
  iterations,
});

export function smallMolecule(settings: SmallSettings): SystemSettings {
  const { couplings = 8, reverseIterations, ladder, rungs } = settings;
  const {
    hot,
    steered = null,
    down,
    foldRotors = null,
    confined = [],
    forwardIterations,
    fabIterations,
    evaluationSamples,
    coldIterations,
  } = settings;
  const { hot: hotFound, reverseIterations: shorter = reverseIterations, ...found } = settings.adaptive ?? {};
  const reverseKl = {
    ...COMMON,
    temperature: 1200,
    iterations: reverseIterations,
    batch: 512,
    drop: { first: 256, last: 10, iterations: 300 },
    schedule: cosine(1e-3, 50),
  };
  const anneal = {
    ...COMMON,
    ladder,
    knownDensities: true,
    reuse: null,
    chains: null,
    batch: 1024,
    schedule: cosine(5e-4, 10),
    refinement: null,
    ending: null,
    stepEss: null,
    essFloor: 0.01,
    maxExtraRefinements: 3,
    ...rungs,
  };
  const cold = colder(reverseKl, anneal);
  const flow = { couplings, hidden: 128, layers: 3, bins: 8, seed: 0, steered: null };
  const fromChains = hotChains({ ...flow, steered }, reverseKl, { ...anneal, ...down }, hot);
  return {
    flow,
    reverseKl,
    anneal,
    coldReverseKl: { ...cold, iterations: coldIterations ?? cold.iterations },
    forwardKl: {
      ...COMMON,
      temperature: 300,
      samples: null,
      iterations: forwardIterations,
      batch: 1024,
      schedule: cosine(5e-4, 50),
    },
    fab: {
      ...FAB,
      ...ais(4),
      clipNorm: 1000,
      iterations: fabIterations,
      batch: 1024,
      schedule: cosine(5e-4, 50),
      leastBatches: 16,
      mostBatches: 64,
    },
    adaptive: {
      ...foundOnTheWay(
        { ...flow, steered: 1200 },
        hotFound
          ? { hotChains: hotChains(flow, reverseKl, anneal, hotFound).hotChains }
          : { reverseKl: { ...reverseKl, iterations: shorter } },
        { ...anneal, ...found },
        STEP_ESS,
      ),
      foldRotors: true,
    },
    trustRegion: trustRegions(reverseKl, anneal, MOLECULE_BOUNDS),
    hotChains: fromChains,
    // Reverse KL loses the cis peptide bonds of alanine dipeptide, a seventh of its mass at 1200 K; what chains meet has them.
    conditioned: allTemperatures(flow, { hotChains: fromChains.hotChains }, anneal),
    foldRotors,
    confined,
    evaluationSamples,
  };
}

/** For the larger molecules two minutes teach nothing: their smoke preset only shows that all parts fit together. */
export const FITS_TOGETHER = smallMolecule({
  reverseIterations: 400,
  ladder: [1200, 1100],
  rungs: untilEffective(1_000, 8_000, 20),
  forwardIterations: 100,
  fabIterations: 24,
  evaluationSamples: 10_000,
});
