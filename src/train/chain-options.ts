/** How chains walk beside a flow that learns from what they meet: at one temperature, or in exchange with hotter ones. */
import { type WarmUpOptions, warmUpSweeps } from "../sample/warm-up";
import { geometricLadder } from "./ladder";

/** How chains walk, and how much of what they meet is learned. */
export interface ChainOptions extends Pick<WarmUpOptions, "leapfrogs" | "jitter" | "acceptance"> {
  /** Turns about bonds after each trajectory: they cross barriers at once, for an energy without its gradient each. */
  readonly turns: number;
  /** Chains side by side; with exchange those at all levels together. */
  readonly walkers: number;
  /** Hotter levels that chains go up to and come back from, so that what is parted by barriers is where it belongs. null: none. */
  readonly exchange: Exchange | null;
  /** Sweeps of each round of their warm-up, after which what they meet counts. */
  readonly rounds: readonly number[];
  /** Sweeps whose points are kept to learn from: the last ones. */
  readonly memory: number;
  /** Iterations per sweep, once the memory is full. */
  readonly iterationsPerSweep: number;
}

/** Parallel tempering between the temperature that is learned and a hotter one; at that and above there is none. */
export interface Exchange {
  readonly hottest: number;
  /** The learned temperature and the hottest among them. What is met at it alone is learned: of each `levels` walkers one. */
  readonly levels: number;
}

/** Chains on the rungs of a ladder. */
export interface RungChains extends ChainOptions {
  /** Of a rung's samples: from this ESS on they teach enough, and no chains walk; 1: chains on every rung. */
  readonly essBelow: number;
}

/** Chains where they walk. */
type PlacedChains = ChainOptions & { readonly temperature: number };

/** Temperatures at which chains walk, the learned one first. @throws RangeError for an exchange that is none. */
export function temperaturesOf({ temperature, exchange, walkers }: PlacedChains): readonly number[] {
  if (!exchange || !(exchange.hottest > temperature)) return [temperature];
  const { hottest, levels } = exchange;
  if (!(levels >= 2 && levels <= walkers)) {
    throw new RangeError(
      `hotChains: invalid exchange (got ${levels} levels for ${walkers} walkers), expected from 2 to as many levels as walkers, or null`,
    );
  }
  return geometricLadder({ from: hottest, to: temperature, steps: levels - 1, refinements: 0 }).reverse();
}

/** Swaps of neighbouring levels after each sweep: they cost nothing. */
const SWAP_ROUNDS = 10;

export function samplerOf(options: PlacedChains): WarmUpOptions {
  const { walkers, leapfrogs, turns, jitter, acceptance, rounds } = options;
  const { length: levels } = temperaturesOf(options);
  const swapRounds = levels > 1 ? SWAP_ROUNDS : 0;
  return { runs: Math.floor(walkers / levels), swapRounds, turns, leapfrogs, jitter, acceptance, rounds };
}

/** Sweeps before the first iteration: those of the warm-up, and as many as are kept. */
export function sweepsBefore(options: ChainOptions): number {
  return warmUpSweeps(options, { round: 0, sweeps: 0 }).all + options.memory;
}
