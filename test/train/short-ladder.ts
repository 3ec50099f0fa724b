/** Annealing of a few small rungs, by plain maximum likelihood, that refuses nothing. */
import { ONE_DRAW } from "../../src/experiments/settings-common";
import type { AnnealOptions } from "../../src/train/rung";

export const SHORT_LADDER: Omit<AnnealOptions, "ladder" | "iterations"> = {
  ...ONE_DRAW,
  samples: 200,
  buffer: 300,
  clip: 0,
  batch: 32,
  schedule: { peak: 1e-3, warmup: 0, floor: 0 },
  clipNorm: 100,
  weightDecay: 0,
  essFloor: 0,
  maxExtraRefinements: 0,
};
