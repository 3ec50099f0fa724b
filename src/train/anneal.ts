/**
 * Annealing down a temperature ladder (paper, section on temperature annealing): a round per temperature. Of a flow that is told temperatures it is the
 * range it knows that grows, from the hottest downwards.
 */
import { reverseEss } from "../evaluate/ess";
import type { TemperatureRange, Told } from "../flow/temperature";
import type { RngState } from "../numerics/random";
import type { Space } from "../sample/space";
import { countInvalid, logWeights, type Samples } from "../target/samples";
import { checkLadder } from "./ladder";
import type { Model } from "./model";
import { probeTemperature } from "./probe";
import type { Next, Path, Round, RoundInfo } from "./round";
import { type AnnealOptions, type Choice, chooseTemperature, type LadderPlace, optionsAt, takeProbed } from "./rung";
import { stepRound } from "./step-round";
import { rangeWeights } from "./temperature-range";

/** Where annealing stands: plain data beside the model's parameters and optimiser. */
export interface AnnealState extends LadderPlace, Round {}

export function initAnneal({ ladder }: Pick<AnnealOptions, "ladder">, rng: RngState): AnnealState {
  const [temperature, ...remaining] = checkLadder(ladder);
  return { temperature: temperature!, remaining, extraRefinements: 0, rng, past: [], work: null };
}

/** @throws RangeError where chains cannot walk. */
function requireSpace(space: Space | undefined, hot: number | null): Space {
  if (space && hot === null) return space;
  const got = space ? `a flow that is told temperatures up to ${hot}` : "no space for them";
  throw new RangeError(
    `anneal: invalid chains (got ${got}), expected the space that they walk in, and a flow of one temperature; without them the buffer is learned`,
  );
}

/** @throws RangeError where draws were told temperatures: each would need its own mixture. */
function checkReuse(reuse: number, hot: number | null): number {
  if (!Number.isSafeInteger(reuse) || reuse < 0) {
    throw new RangeError(`anneal: invalid reuse (got ${reuse}), expected how many earlier draws, or null for none`);
  }
  if (reuse === 0 || hot === null) return reuse;
  throw new RangeError(
    `anneal: invalid reuse (got ${reuse} for a flow that is told temperatures up to ${hot}), expected null, or a flow of one temperature`,
  );
}

function collapsed(essAt: (temperature: number) => number, from: number, wanted: number, floor: number): Error {
  const percent = (v: number): string => `${(100 * v).toPrecision(2)} %`;
  return new Error(
    `anneal: the flow has collapsed at ${from.toFixed(1)} K (ESS ${percent(essAt(from))} there, ${percent(essAt(wanted))} at ${wanted.toFixed(1)} K), ` +
      `expected at least ${percent(floor)} after every allowed refinement; train longer at the high temperature, take more samples per rung, or lower essFloor`,
  );
}

/** What the next samples are told: of a steered flow the temperature that is wanted, for which it is better than for its own. */
function rangeOf({ temperatures, steered }: Told, from: number, wanted: number): TemperatureRange | null {
  if (temperatures) return [from, temperatures[1]];
  return steered ? [wanted, wanted] : null;
}

/** The way on from a place on the ladder, through a space if chains walk. */
export function ladderPath(
  { target, flow }: Pick<Model, "target" | "flow">,
  ladderOptions: AnnealOptions,
  place: LadderPlace,
  space?: Space,
): Path<LadderPlace> {
  const options = optionsAt(ladderOptions, place);
  const { temperature: from, remaining, extraRefinements } = place;
  const wanted = remaining[0]!;
  const hot = flow.temperatures?.[1] ?? null;
  const weigh = (samples: Samples, to: number): Pick<Next, "logWeights" | "temperatures"> => {
    if (hot !== null) return rangeWeights(target, samples, [to, hot]);
    const weights = { logWeights: logWeights(target, samples, to) };
    return flow.steered ? { ...weights, temperatures: to } : weights;
  };
  const essAt =
    (samples: Samples) =>
    (to: number): number =>
      reverseEss(weigh(samples, to).logWeights);
  const { stepEss, essFloor: floor } = options;
  const refinementsLeft = options.maxExtraRefinements - extraRefinements;
  const isProbed = flow.steered !== undefined && stepEss !== null && wanted < from;
  const choose = (samples: Samples): Choice | null => {
    const crossroads = { from, wanted, floor, refinementsLeft };
    if (!isProbed) return chooseTemperature(essAt(samples), { ...crossroads, aim: stepEss });
    const probed = samples.temperatures!.at(-1)!;
    return takeProbed({ to: probed, ess: essAt(samples)(probed) }, crossroads);
  };
  return {
    options,
    range: rangeOf(flow, from, wanted),
    probe: isProbed
      ? (model, rng) => probeTemperature(model, rng, { from, to: wanted, ess: Math.max(floor, stepEss), floor })
      : null,
    reuse: checkReuse(options.reuse ?? 0, hot),
    chains: options.chains && { options: options.chains, space: requireSpace(space, hot) },
    wanted: (samples) => weigh(samples, choose(samples)?.to ?? wanted).logWeights,
    next(samples) {
      if (weigh(samples, from).logWeights.every((weight) => weight === -Infinity)) {
        throw new Error(
          `anneal: missing weights (got ${samples.n} samples of the flow of ${from.toFixed(1)}, ${countInvalid(samples)} of them without a ` +
            "finite energy, and none that counts), expected some; train with a smaller peak of the schedule, or begin with another flow",
        );
      }
      const choice = choose(samples);
      if (!choice) throw collapsed(essAt(samples), from, wanted, options.essFloor);
      const { to, decision } = choice;
      return { from, to, decision, ...weigh(samples, to) };
    },
    arrive: ({ to, decision }) => ({
      temperature: to,
      remaining: decision === "ladder" ? remaining.slice(1) : remaining,
      extraRefinements: decision === "refined" ? extraRefinements + 1 : 0,
    }),
  };
}

/** One step of the rung under way: a block of samples, or an iteration of training on them. */
export async function stepAnneal(
  model: Model,
  options: AnnealOptions,
  state: AnnealState,
  space?: Space,
): Promise<[AnnealState, RoundInfo]> {
  return stepRound(model, ladderPath(model, options, state, space), state);
}
