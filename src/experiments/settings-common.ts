/** What the settings of all systems share. */
import type { FabOptions } from "../train/fab";
import type { ChainOptions, RungChains } from "../train/chain-options";
import type { HotChainsOptions } from "../train/hot-chains";
import type { ReverseKlOptions } from "../train/reverse-kl";
import type { AnnealOptions } from "../train/rung";
import type { Bounds } from "../train/trust-step";
import type { MethodName, Settings } from "./experiment";

/** The settings of one system at one size, for every method. */
export interface SystemSettings extends Pick<Settings, "flow" | "foldRotors" | "evaluationSamples"> {
  /** The methods whose flows have confined impropers. */
  readonly confined?: readonly MethodName[];
  /** Of annealing: at the hottest temperature, then down the ladder. */
  readonly reverseKl: ReverseKlOptions;
  readonly anneal: AnnealOptions;
  /** Annealing without reverse KL. */
  readonly hotChains: Pick<Settings, "flow" | "hotChains" | "anneal">;
  /** The baselines, all at the last temperature. */
  readonly coldReverseKl: ReverseKlOptions;
  readonly forwardKl: NonNullable<Settings["forwardKl"]>;
  readonly fab: FabOptions;
  /** Down temperatures that are found on the way. */
  readonly adaptive: Pick<Settings, "flow" | "anneal"> & FirstStage & Partial<Pick<Settings, "foldRotors">>;
  /** From the prior without reverse KL. */
  readonly trustRegion: Pick<Settings, "reverseKl" | "trustRegion">;
  /** One flow for all temperatures of its ladder. */
  readonly conditioned: Pick<Settings, "flow" | "anneal"> & FirstStage;
}

/** What brings a flow to the hottest temperature. */
type FirstStage = Pick<Settings, "reverseKl"> | Pick<Settings, "hotChains">;

export const COMMON = { clipNorm: 100, weightDecay: 0, averageDecay: null };
export const constantDrop = (last: number): ReverseKlOptions["drop"] => ({ first: last, last, iterations: 0 });
export const NO_DROP = constantDrop(0);
/** As in the paper: one draw per rung, and all iterations on its buffer. */
export const ONE_DRAW = {
  maxSamples: 0,
  effective: 0,
  passes: null,
  knownDensities: false,
  reuse: null,
  chains: null,
  stepEss: null,
  refinement: null,
  ending: null,
};
export const cosine = (peak: number, warmup: number): ReverseKlOptions["schedule"] => ({ peak, warmup, floor: 0 });
export const constant = (peak: number): ReverseKlOptions["schedule"] => ({ peak, warmup: 0, floor: peak });

/** The baseline of small presets: it spends on the last temperature the iterations that annealing spends on all. */
export function colder(reverseKl: ReverseKlOptions, anneal: AnnealOptions): ReverseKlOptions {
  const { ladder, iterations, batch } = anneal;
  return {
    ...reverseKl,
    temperature: ladder.at(-1)!,
    iterations: reverseKl.iterations + Math.round((iterations * (ladder.length - 1) * batch) / reverseKl.batch),
  };
}

/**
 * Annealing whose temperatures follow from the ESS: of the ladder the ends alone, with their refinements.
 * @param flow steered, that of a molecule, so that its steps are long
 */
export function foundOnTheWay(
  flow: Settings["flow"],
  first: FirstStage,
  { ladder, ...anneal }: AnnealOptions,
  stepEss: number,
): SystemSettings["adaptive"] {
  const ends = ladder.filter((temperature) => temperature === ladder[0] || temperature === ladder.at(-1));
  return { flow, ...first, anneal: { ...anneal, ladder: ends, stepEss } };
}

/**
 * Trust regions from a flow of reverse KL, each round as a rung of annealing: as many samples, as long a training, as many refinements.
 */
export function trustRegions(
  reverseKl: ReverseKlOptions,
  { ladder, ...annealing }: AnnealOptions,
  bounds: Bounds,
): SystemSettings["trustRegion"] {
  const { samples, maxSamples, effective, buffer, clip, passes, knownDensities, refinement, ...training } = annealing;
  const { iterations, batch, schedule, clipNorm, weightDecay, averageDecay = null } = training;
  const drawn = { samples, maxSamples, effective, buffer, clip, passes, knownDensities, refinement };
  const trained = { iterations, batch, schedule, clipNorm, weightDecay, averageDecay };
  const temperature = ladder.at(-1)!;
  const refinements = ladder.filter((t) => t === temperature).length - 1;
  const path = { temperature, bounds, refinements, maxRounds: 30 };
  return { reverseKl, trustRegion: { ...drawn, ...trained, ...path } };
}

/** A thousand chains; sixty sweeps forget their starts, by the slowest torsion of the hexapeptide at 1200 K. */
const CHAINS: ChainOptions = {
  walkers: 1000,
  exchange: null,
  leapfrogs: 5,
  turns: 1,
  jitter: 0.2,
  acceptance: 0.8,
  rounds: [10, 20, 30],
  memory: 40,
  iterationsPerSweep: 5,
  alpha: null,
};

/**
 * Chains down a ladder: many of them and few sweeps, for they start where samples of the flow are, each a conformation of its own, and sweeps only part copies of the
 * same one. They bring along how much there is of each basin, which no sweep changes where it is cold.
 */
export const COLD_CHAINS: RungChains = {
  ...CHAINS,
  essBelow: 0.2,
  walkers: 16_000,
  turns: 4,
  rounds: [3, 3, 6],
  memory: 12,
  iterationsPerSweep: 60,
};

/**
 * Hot chains in the place of reverse KL, for as many samples of training: what forty sweeps meet the flow learns while one after another takes the place
 * of the oldest. 1.2 evaluations for a sample of training, where reverse KL takes 1.
 */
export function hotChains(
  flow: Settings["flow"],
  { temperature, iterations, batch, ...reverse }: ReverseKlOptions,
  anneal: AnnealOptions,
  changes: Partial<HotChainsOptions> = {},
): SystemSettings["hotChains"] {
  const first = {
    temperature,
    iterations: Math.max(1, Math.round((iterations * batch) / anneal.batch)),
    batch: anneal.batch,
    clipNorm: anneal.clipNorm,
    weightDecay: reverse.weightDecay,
    averageDecay: reverse.averageDecay ?? null,
    schedule: reverse.schedule,
    knownDensities: false,
    ...CHAINS,
    ...changes,
  };
  return { flow, hotChains: first, anneal };
}

/** Annealing of a flow that is told the temperature, from the hottest one of the ladder to the last. */
export function allTemperatures(
  flow: Settings["flow"],
  first: FirstStage,
  anneal: AnnealOptions,
): SystemSettings["conditioned"] {
  const { ladder } = anneal;
  return { flow: { ...flow, temperatures: [ladder.at(-1)!, ladder[0]!] }, ...first, anneal };
}

/** What FAB's settings share: eight updates a round, weights adjusted by a factor of ten at most (Midgley et al. 2023, appendix). */
export const FAB: Pick<FabOptions, "acceptance" | "updates" | "adjustClip" | "weightDecay"> = {
  acceptance: 0.65,
  updates: 8,
  adjustClip: 10,
  weightDecay: 0,
};
