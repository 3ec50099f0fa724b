/** The rungs of a ladder: what annealing down one is told, and the temperature to go to next (paper, section on temperature annealing). */
import type { ChainOptions } from "./hot-chains";
import type { Decision, Refinement, RoundOptions } from "./round";

export interface AnnealOptions extends RoundOptions {
  /** Temperatures from hot to cold; equal neighbours are refinement steps. */
  readonly ladder: readonly number[];
  /** What differs in the ladder's own steps T -> T; null: nothing. */
  readonly refinement: (Refinement & Partial<Pick<AnnealOptions, "chains">>) | null;
  /**
   * Chains that walk at a rung's temperature from points of its buffer: what they meet is learned instead of the buffer, in all `iterations`. Where few
   * samples are effective the buffer holds copies of few points; chains part them. null: the buffer itself, as in the paper.
   */
  readonly chains: ChainOptions | null;
  /** Smallest ESS of a buffer to train on; below it the step is shortened, or the temperature refined, or annealing stops. */
  readonly essFloor: number;
  /** Refinements at one temperature, beyond the ladder's own, before annealing gives up. */
  readonly maxExtraRefinements: number;
}

/** How far down the ladder a flow is. */
export interface LadderPlace {
  /** The temperature that the flow was trained at last. */
  readonly temperature: number;
  /** Temperatures still to reach. */
  readonly remaining: readonly number[];
  /** Refinements in a row that the floor asked for. */
  readonly extraRefinements: number;
}

/** The temperature to go to next, and why. */
export interface Choice {
  readonly to: number;
  readonly decision: Decision;
  readonly ess: number;
}

/**
 * The furthest temperature between `from` and `wanted` whose ESS reaches the floor; `from` itself is a refinement. Weights at other
 * temperatures cost nothing: energies are known.
 * @throws Error if even a refinement falls short too often: the flow has collapsed or was trained too little.
 */
export function chooseTemperature(
  essAt: (temperature: number) => number,
  {
    from,
    wanted,
    floor,
    refinementsLeft,
  }: { readonly from: number; readonly wanted: number; readonly floor: number; readonly refinementsLeft: number },
): Choice {
  const ess = essAt(wanted);
  if (ess >= floor) return { to: wanted, decision: "ladder", ess };
  // Halving the step in log T five times leaves 3 % of it: less is no progress.
  for (let share = 0.5; wanted < from && share > 1 / 50; share /= 2) {
    const to = from * (wanted / from) ** share;
    const shorter = essAt(to);
    if (shorter >= floor) return { to, decision: "shortened", ess: shorter };
  }
  if (refinementsLeft > 0) return { to: from, decision: "refined", ess: essAt(from) };
  const percent = (v: number): string => `${(100 * v).toPrecision(2)} %`;
  throw new Error(
    `anneal: the flow has collapsed at ${from.toFixed(1)} K (ESS ${percent(essAt(from))} there, ${percent(ess)} at ${wanted.toFixed(1)} K), ` +
      `expected at least ${percent(floor)} after every allowed refinement; train longer at the high temperature, take more samples per rung, or lower essFloor`,
  );
}
