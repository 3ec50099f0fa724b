/** Ground-truth runs as values, and how their lengths were chosen. */
import { oneOf } from "../io/one-of";
import type { GroundTruthSettings } from "./ground-truth";

export const GROUND_TRUTH_SYSTEMS = ["aldp", "tetra", "hexa"] as const;
/**
 * smoke: seconds, to see that everything works; short: populations to a tenth of a kT; warm: the same at 600 K and 1200 K, for flows of all temperatures;
 * full: the data that evaluations compare with.
 */
export const GROUND_TRUTH_PRESETS = ["smoke", "short", "warm", "full"] as const;
export type GroundTruthSystem = (typeof GROUND_TRUTH_SYSTEMS)[number];
export type GroundTruthPreset = (typeof GROUND_TRUTH_PRESETS)[number];

const COMMON = { coldest: 300, hottest: 1200, jitter: 0.2, swapRounds: 10, acceptance: 0.8, relaxations: 200 };

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
 * Eight runs of 2,500 frames at each end: 20,000 frames. Levels give swaps of 37 to 41 %. Ten rounds of swaps instead of one doubled the
 * round trips of tetra (375 to 759 in 2,000 sweeps of eight runs) and hexa (370 to 677 in 4,000) at no cost. Sweeps between independent
 * frames, by the slowest torsion: aldp 13 (at 1200 K 20: peptide bonds flip), tetra 40 (by short runs), hexa 310 (by the full ones, whose 20,000 frames are
 * worth 3,800). The records beside the data say what the full runs found. A run that ends with a largest R-hat above 1.01 was too short: multiply `sweepsPerFrame`.
 */
const FULL = { ...COMMON, runs: 8, leapfrogs: 5, rounds: [100, 200, 400, 800, 500], frames: 2500 };
/** An eighth of the full runs, of hexa a quarter: 5,000 frames. */
const SHORT = { ...FULL, rounds: [50, 100, 200, 300, 350], frames: 625 };
/** The upper half of the ladder, with its levels at the temperatures that they have in the whole one. */
const WARM = { ...SHORT, coldest: 600 };

export const GROUND_TRUTH: Readonly<
  Record<GroundTruthSystem, Readonly<Record<GroundTruthPreset, GroundTruthSettings>>>
> = {
  aldp: {
    smoke: SMOKE,
    short: { ...SHORT, levels: 7, sweepsPerFrame: 30 },
    warm: { ...WARM, levels: 4, sweepsPerFrame: 30 },
    full: { ...FULL, levels: 7, sweepsPerFrame: 60 },
  },
  tetra: {
    smoke: { ...SMOKE, levels: 9 },
    short: { ...SHORT, levels: 9, sweepsPerFrame: 30 },
    warm: { ...WARM, levels: 5, sweepsPerFrame: 30 },
    full: { ...FULL, levels: 9, sweepsPerFrame: 60 },
  },
  hexa: {
    smoke: { ...SMOKE, levels: 11 },
    short: { ...SHORT, levels: 11, sweepsPerFrame: 60 },
    warm: { ...WARM, levels: 6, sweepsPerFrame: 60 },
    full: { ...FULL, levels: 11, sweepsPerFrame: 60 },
  },
};

/** @throws RangeError for a system or a preset that there is not, naming those that there are. */
export function findGroundTruth(system: string, preset: string): GroundTruthSettings {
  const place = "findGroundTruth";
  const known = GROUND_TRUTH[oneOf(place, "system", system, GROUND_TRUTH_SYSTEMS)];
  return known[oneOf(place, "preset", preset, GROUND_TRUTH_PRESETS)];
}
