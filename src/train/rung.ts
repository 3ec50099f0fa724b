/** The rungs of a ladder: what annealing down one is told, and the temperature to go to next (paper, section on temperature annealing). */
import type { RungChains } from "./chain-options";
import { temperatureForEss } from "./forecast";
import type { Decision, Refinement, RoundOptions } from "./round";

export interface AnnealOptions extends RoundOptions {
  /** Temperatures from hot to cold; equal neighbours are refinement steps. */
  readonly ladder: readonly number[];
  /** What differs in the ladder's own steps T -> T; null: nothing. */
  readonly refinement: RefinementOptions | null;
  /** What differs once more in the last `rungs` of these; null: nothing. */
  readonly ending: (RefinementOptions & { readonly rungs: number }) | null;
  /**
   * Chains that walk at a rung's temperature from points of its buffer: what they meet is learned instead of the buffer, in all `iterations`. Where few
   * samples are effective (their ESS below `essBelow`) the buffer holds copies of few points; chains part them. null: the buffer itself, as in the paper.
   */
  readonly chains: RungChains | null;
  /**
   * The ESS that steps down aim at: between two temperatures of the ladder as many steps as it takes, so that with the ladder's ends alone,
   * [1200, 300, 300], all others follow from it; as the rung's own samples say, or of a steered flow probes (`probe.ts`). null: the ladder's own steps.
   */
  readonly stepEss: number | null;
  /**
   * Earlier draws that a rung learns from beside its own (`reuse.ts`): where samples are few, as good as that many more of them, without an evaluation. null: none,
   * as in the paper.
   */
  readonly reuse: number | null;
  /** Smallest ESS of a buffer to train on; below it the step is shortened, or the temperature refined, or annealing stops. */
  readonly essFloor: number;
  /** Refinements at one temperature, beyond the ladder's own, before annealing gives up. */
  readonly maxExtraRefinements: number;
}

type RefinementOptions = Refinement & Partial<Pick<AnnealOptions, "chains" | "reuse">>;

/** How far down the ladder a flow is. */
export interface LadderPlace {
  /** The temperature that the flow was trained at last. */
  readonly temperature: number;
  /** Temperatures still to reach. */
  readonly remaining: readonly number[];
  /** Refinements in a row that the floor asked for. */
  readonly extraRefinements: number;
}

/** The options of the rung that begins at a place. */
export function optionsAt(options: AnnealOptions, { temperature, remaining }: LadderPlace): AnnealOptions {
  const { refinement, ending } = options;
  if (remaining[0] !== temperature) return options;
  return { ...options, ...refinement, ...(ending && remaining.length <= ending.rungs ? ending : null) };
}

/** The temperature to go to next, and why. */
export interface Choice {
  readonly to: number;
  readonly decision: Decision;
  readonly ess: number;
}

/** Shorter steps than this share of log T are no progress. */
const LEAST_STEP = 1 / 50;

/** Whether a temperature on the way to the wanted one is far enough from where the flow is. */
export const isStep = ({ from, to, wanted }: { readonly from: number; readonly to: number; readonly wanted: number }) =>
  Math.log(from / to) >= LEAST_STEP * Math.log(from / wanted);

/** What a temperature is chosen between, and how poor it may be. */
interface Crossroads {
  readonly from: number;
  readonly wanted: number;
  readonly floor: number;
  readonly refinementsLeft: number;
}

/**
 * The furthest temperature between `from` and `wanted` whose ESS reaches the aim, if there is one, or after every allowed refinement at least the floor; `from`
 * itself is a refinement. Weights at other temperatures cost nothing: energies are known. null if nothing is left to do.
 */
export function chooseTemperature(
  essAt: (temperature: number) => number,
  { from, wanted, aim, floor, refinementsLeft }: Crossroads & { readonly aim: number | null },
): Choice | null {
  const furthest = (least: number): Choice | null => {
    const to = temperatureForEss(essAt, { from, to: wanted, ess: least });
    const ess = essAt(to);
    if (ess < least) return null;
    if (to === wanted) return { to, decision: "ladder", ess };
    return isStep({ from, to, wanted }) ? { to, decision: "shortened", ess } : null;
  };
  const aimed = furthest(wanted < from ? Math.max(floor, aim ?? 0) : floor);
  if (aimed) return aimed;
  if (refinementsLeft > 0) return { to: from, decision: "refined", ess: essAt(from) };
  return furthest(floor);
}

/**
 * The temperature that probes found and the samples were drawn at; if it is hardly below `from`, or if all samples have less than the floor, one of the refinements that are
 * allowed. null if none is left.
 */
export function takeProbed(
  { to: probed, ess }: Pick<Choice, "to" | "ess">,
  { from, wanted, floor, refinementsLeft }: Crossroads,
): Choice | null {
  if (!isStep({ from, to: probed, wanted }) || ess < floor)
    return refinementsLeft > 0 ? { to: probed, decision: "refined", ess } : null;
  return { to: probed, decision: probed === wanted ? "ladder" : "shortened", ess };
}
