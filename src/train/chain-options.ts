/** How chains walk beside a flow that learns from what they meet, and those in exchange with hotter ones that find where they begin. */
import { type WarmUpOptions, warmUpSweeps } from "../sample/warm-up";
import { geometricLadder } from "./ladder";

/** How chains walk, and how much of what they meet is learned. */
export interface ChainOptions extends Pick<WarmUpOptions, "leapfrogs" | "jitter" | "acceptance"> {
  /** Turns about bonds after each trajectory: they cross barriers at once, for an energy without its gradient each. */
  readonly turns: number;
  /** Chains side by side. */
  readonly walkers: number;
  /** Where they begin: after an exchange with hotter ones what is parted by barriers is there in its share. null: where they are put. */
  readonly exchange: Exchange | null;
  /** Sweeps of each round of their warm-up, after which what they meet counts. */
  readonly rounds: readonly number[];
  /** Sweeps whose points are kept to learn from: the last ones. */
  readonly memory: number;
  /** Iterations per sweep, once the memory is full. */
  readonly iterationsPerSweep: number;
  /** Where points weigh by their densities: of the divergence that is made small (`known-density.ts`). null: 1, that of Kullback and Leibler. */
  readonly alpha: number | null;
}

/** Parallel tempering between the temperature that is learned and a hotter one. Where it ends at the learned one, the chains begin. */
export interface Exchange extends Pick<ChainOptions, "walkers" | "rounds"> {
  readonly hottest: number;
  /** The learned temperature and the hottest among them, which share the walkers. */
  readonly levels: number;
  /** Sweeps after the warm-up; what the last ones meet, as many as the chains' memory holds, is what these begin from. */
  readonly sweeps: number;
}

/** Chains on the rungs of a ladder. */
export interface RungChains extends ChainOptions {
  /** Of a rung's samples: from this ESS on they teach enough, and no chains walk; 1: chains on every rung. */
  readonly essBelow: number;
}

/** Chains where they walk. */
type PlacedChains = ChainOptions & { readonly temperature: number };

/** Chains that walk together. */
export interface Party {
  /** The learned one first. */
  readonly temperatures: readonly number[];
  readonly sampler: WarmUpOptions;
  /** After the warm-up, before what comes next. */
  readonly sweeps: number;
}

/** Swaps of neighbouring levels after each sweep: they cost nothing. */
const SWAP_ROUNDS = 10;

/** Those in exchange, unless the learned temperature is as hot, and those that start where they end. @throws RangeError for an exchange that is none. */
export function partiesOf(options: PlacedChains): readonly Party[] {
  const { temperature, exchange, walkers, rounds, memory, leapfrogs, turns, jitter, acceptance } = options;
  const moves = { leapfrogs, turns, jitter, acceptance };
  const alone = {
    temperatures: [temperature],
    sampler: { ...moves, rounds, runs: walkers, swapRounds: 0 },
    sweeps: memory,
  };
  if (!exchange || !(exchange.hottest > temperature)) return [alone];
  const { levels } = exchange;
  if (!(levels >= 2 && levels <= exchange.walkers)) {
    throw new RangeError(
      `hotChains: invalid exchange (got ${levels} levels for ${exchange.walkers} walkers), expected from 2 to as many levels as walkers, or null`,
    );
  }
  const ladder = geometricLadder({ from: exchange.hottest, to: temperature, steps: levels - 1, refinements: 0 });
  const runs = Math.floor(exchange.walkers / levels);
  return [
    {
      temperatures: ladder.reverse(),
      sampler: { ...moves, rounds: exchange.rounds, runs, swapRounds: SWAP_ROUNDS },
      sweeps: Math.max(memory, exchange.sweeps),
    },
    alone,
  ];
}

/** Walkers at all temperatures together. */
export const startsOf = ({ sampler, temperatures }: Party): number => sampler.runs * temperatures.length;

/** Sweeps of parties before the first iteration. */
export function sweepsOf(parties: readonly Party[]): number {
  return parties.reduce(
    (sum, { sampler, sweeps }) => sum + warmUpSweeps(sampler, { round: 0, sweeps: 0 }).all + sweeps,
    0,
  );
}
