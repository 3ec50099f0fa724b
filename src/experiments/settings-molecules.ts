/** The numbers of alanine dipeptide and tetrapeptide at every preset. */
import type { PresetName } from "./experiment";
import { cosine, type SystemSettings } from "./settings-common";
import { PAPER_LADDER, paperMolecule } from "./settings-paper";
import { FITS_TOGETHER, onOneDraw, smallMolecule, untilEffective } from "./settings-two-cores";

export const ALDP: Readonly<Record<PresetName, SystemSettings>> = {
  smoke: smallMolecule({
    reverseIterations: 2200,
    ladder: PAPER_LADDER,
    rungs: {
      // Rungs are short: many small steps and their average do more than half as many larger ones and a rate that falls to nothing. ESS of seed 1, in the same
      // time (workflow/search.yaml): 62.5 % with 110 of 1,024 and a falling rate, 68.1 with 220 of 512, 70.6 with their average at a constant rate.
      ...untilEffective(10_000, 100_000, 220),
      batch: 512,
      averageDecay: 0.99,
      schedule: { ...cosine(5e-4, 10), floor: 5e-4 },
      // Norms are about 15, and a hundred times as much where a bin has become narrow: in seed 1 such steps undid the last rung, ESS 38 -> 4 %
      // at a clip of 100, 34 -> 36 % at 20.
      clipNorm: 20,
    },
    hot: { iterations: 1100, batch: 1024 },
    forwardIterations: 1000,
    fabIterations: 160,
    confined: ["ta-bg", "adaptive", "trust-region", "conditioned", "hot-chains"],
    evaluationSamples: 100_000,
  }),
  laptop: smallMolecule({
    couplings: 10,
    reverseIterations: 5000,
    ladder: [...PAPER_LADDER, 300, 300, 300],
    rungs: { ...untilEffective(60_000, 400_000, 500), refinement: onOneDraw(2_500_000, 7500), clipNorm: 20 },
    forwardIterations: 1000,
    fabIterations: 12_000,
    // At half of the ladder's evaluations, with as long a training.
    adaptive: {
      ...onOneDraw(200_000, 800),
      reverseIterations: 2500,
      ladder: [1200, 300, 300, 300, 300],
      effective: 0,
      refinement: onOneDraw(1_600_000, 13_000),
    },
    confined: ["ta-bg", "adaptive", "trust-region", "hot-chains"],
    evaluationSamples: 1_000_000,
  }),
  paper: paperMolecule(
    { iterations: 100_000, batch: 256, drop: 10 },
    { iterations: 30_000, batch: 2048, rate: 5e-6, samples: 5_000_000, ladder: PAPER_LADDER },
    { forwardIterations: 100_000, leapfrogs: 4 },
  ),
};

export const TETRA: Readonly<Record<PresetName, SystemSettings>> = {
  smoke: FITS_TOGETHER,
  laptop: smallMolecule({
    couplings: 10,
    reverseIterations: 20_000,
    ladder: [...PAPER_LADDER, 300, 300, 300],
    rungs: {
      ...untilEffective(60_000, 600_000, 600),
      // The ESS before each: 15.0, 29.1, 36.7 and 39.3 %, at the end 42.0. By plain maximum likelihood, on 1,000,000 samples and 1,500 iterations: 11.5, 16.9,
      // 20.5, 24.4, at the end 28.0.
      refinement: onOneDraw(1_600_000, 5000),
      clipNorm: 20,
    },
    forwardIterations: 1000,
    fabIterations: 16_000,
    evaluationSamples: 1_000_000,
  }),
  paper: paperMolecule(
    { iterations: 100_000, batch: 256, drop: 10 },
    { iterations: 20_000, batch: 4096, rate: 1e-5, samples: 5_000_000, ladder: PAPER_LADDER },
    { forwardIterations: 100_000, leapfrogs: 4 },
  ),
};
