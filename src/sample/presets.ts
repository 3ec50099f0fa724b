/** Ground-truth runs as values, and how their lengths were chosen. */
import type { GroundTruthSettings } from "./ground-truth";

export const GROUND_TRUTH_SYSTEMS = ["aldp", "tetra", "hexa"] as const;
/** smoke: seconds, to see that everything works; full: the data that evaluations compare with. */
export const GROUND_TRUTH_PRESETS = ["smoke", "full"] as const;
export type GroundTruthSystem = (typeof GROUND_TRUTH_SYSTEMS)[number];
export type GroundTruthPreset = (typeof GROUND_TRUTH_PRESETS)[number];

const COMMON = { coldest: 300, hottest: 1200, jitter: 0.2, acceptance: 0.8, relaxations: 200 };

const SMOKE: GroundTruthSettings = {
  ...COMMON,
  runs: 4,
  levels: 7,
  leapfrogs: 5,
  rounds: [25, 50, 50],
  frames: 50,
  sweepsPerFrame: 2,
};

/**
 * Eight runs of 2,500 frames at each end: 20,000 frames. Levels give swaps of 37 to 40 % and, measured in runs of one to two minutes on two
 * threads of an Intel Xeon that other work shared, at the cold end
 *
 * | | sweeps between independent samples, slowest torsion | effective samples/s | sweeps in all | evaluations | time |
 * |---|---|---|---|---|---|
 * | aldp | 13 (20 at 1200 K: peptide bonds flip) | 185 | 150,000 | 51e6 | 8 min |
 * | tetra | 38 to 47 | 28 | 250,000 | 108e6 | 32 min |
 * | hexa | 800 to 1,100, from runs too short to be sure | 0.5 to 0.7 | 600,000 | 317e6 | 3 h |
 *
 * so that the frames of the first two are independent. Those of hexa are worth some 5,000 by its slowest torsion, phi of the second
 * residue; independent ones would take four times as long. A run that ends with a largest R-hat above 1.01 was too short: multiply
 * `sweepsPerFrame`.
 */
const FULL = { ...COMMON, runs: 8, leapfrogs: 5, rounds: [100, 200, 400, 800, 500], frames: 2500 };

export const GROUND_TRUTH: Readonly<
  Record<GroundTruthSystem, Readonly<Record<GroundTruthPreset, GroundTruthSettings>>>
> = {
  aldp: { smoke: SMOKE, full: { ...FULL, levels: 7, sweepsPerFrame: 60 } },
  tetra: { smoke: { ...SMOKE, levels: 9 }, full: { ...FULL, levels: 9, sweepsPerFrame: 100 } },
  hexa: { smoke: { ...SMOKE, levels: 11 }, full: { ...FULL, levels: 11, sweepsPerFrame: 240 } },
};
