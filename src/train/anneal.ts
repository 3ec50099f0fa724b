/** Annealing down a temperature ladder (paper, section on temperature annealing): a round per temperature. */
import { reverseEss } from "../evaluate/ess";
import type { RngState } from "../numerics/random";
import { countInvalid, logWeights } from "../target/samples";
import { checkLadder } from "./ladder";
import type { Model } from "./model";
import { type Path, type Round, type RoundInfo, stepRound } from "./round";
import { type AnnealOptions, chooseTemperature, type LadderPlace } from "./rung";

/** Where annealing stands: plain data beside the model's parameters and optimiser. */
export interface AnnealState extends LadderPlace, Round {}

export function initAnneal({ ladder }: Pick<AnnealOptions, "ladder">, rng: RngState): AnnealState {
  const [temperature, ...remaining] = checkLadder(ladder);
  return { temperature: temperature!, remaining, extraRefinements: 0, rng, work: null };
}

/** The way on from a place on the ladder. */
export function ladderPath(
  { target }: Pick<Model, "target">,
  ladderOptions: AnnealOptions,
  { temperature: from, remaining, extraRefinements }: LadderPlace,
): Path<LadderPlace> {
  const options = remaining[0] === from ? { ...ladderOptions, ...ladderOptions.refinement } : ladderOptions;
  const wanted = remaining[0]!;
  return {
    options,
    wanted: (samples) => logWeights(target, samples, wanted),
    next(samples) {
      if (logWeights(target, samples, from).every((weight) => weight === -Infinity)) {
        throw new Error(
          `anneal: missing weights (got ${samples.n} samples of the flow of ${from.toFixed(1)}, ${countInvalid(samples)} of them without a ` +
            "finite energy, and none that counts), expected some; train with a smaller peak of the schedule, or begin with another flow",
        );
      }
      const { to, decision } = chooseTemperature((t) => reverseEss(logWeights(target, samples, t)), {
        from,
        wanted,
        floor: options.essFloor,
        refinementsLeft: options.maxExtraRefinements - extraRefinements,
      });
      return { from, to, decision, logWeights: logWeights(target, samples, to) };
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
): Promise<[AnnealState, RoundInfo]> {
  return stepRound(model, ladderPath(model, options, state), state);
}
