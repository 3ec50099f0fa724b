/**
 * Annealing down a temperature ladder (paper, section on temperature annealing): sample the flow, weight the samples for the next
 * temperature, clip the largest weights, resample a buffer, train on it by forward KL; repeat.
 */
import { reverseEss } from "../evaluate/ess";
import { createRng, type RngState } from "../numerics/random";
import { createSamples, logWeights, type Samples, samplesBetween } from "../target/samples";
import { type ForwardKlInfo, stepForwardKl } from "./forward-kl";
import { checkLadder } from "./ladder";
import { drawBlock, type Model } from "./model";
import { type AnnealOptions, type LadderPlace, prepareRung, type Rung, rungOptions, type Training } from "./rung";

/** Where annealing stands: plain data beside the model's parameters and optimiser. */
export interface AnnealState extends LadderPlace {
  /** As it was before the rung under way: a rung whose work is lost is drawn again as it was. */
  readonly rng: RngState;
  /** The rung under way; null between rungs. */
  readonly work: Drawing | Training | null;
}

/** A rung whose samples are being drawn. */
export interface Drawing {
  readonly kind: "drawing";
  /** Room for as many as are allowed. */
  readonly room: Samples;
  readonly drawn: number;
  readonly rng: RngState;
}

/** What a step did. */
export type AnnealInfo =
  | { readonly kind: "drawn"; readonly samples: number }
  | { readonly kind: "prepared"; readonly rung: Rung }
  | (ForwardKlInfo & { readonly kind: "trained"; readonly rung: Rung; readonly isLast: boolean });

export function initAnneal({ ladder }: Pick<AnnealOptions, "ladder">, rng: RngState): AnnealState {
  const [temperature, ...remaining] = checkLadder(ladder);
  return { temperature: temperature!, remaining, extraRefinements: 0, rng, work: null };
}

/** Draws a block; when enough is drawn, or no more is allowed, prepares the rung. */
async function draw(
  model: Model,
  options: AnnealOptions,
  state: AnnealState,
  { room, drawn, rng: stored }: Drawing,
): Promise<[AnnealState, AnnealInfo]> {
  const { samples: share, maxSamples, effective } = options;
  const rng = createRng(stored);
  const start = drawn - (drawn % share);
  const end = start + share;
  const reached = start + (await drawBlock(model, samplesBetween(room, start, end), drawn - start, rng));
  const after = rng.state();
  const all = samplesBetween(room, 0, reached);
  const isEnough = (): boolean =>
    end + share > maxSamples || reverseEss(logWeights(model.target, all, state.remaining[0]!)) * reached >= effective;
  if (reached === end && isEnough()) {
    const work = prepareRung(model, options, state, all, after);
    return [
      { ...state, work },
      { kind: "prepared", rung: work.rung },
    ];
  }
  return [
    { ...state, work: { kind: "drawing", room, drawn: reached, rng: after } },
    { kind: "drawn", samples: reached },
  ];
}

/** One iteration on the buffer; the last one ends the rung. */
async function train(
  model: Model,
  options: AnnealOptions,
  state: AnnealState,
  work: Training,
): Promise<[AnnealState, AnnealInfo]> {
  const { rung, buffer } = work;
  const stage = { ...options, iterations: rung.iterations };
  const [forward, info] = await stepForwardKl(model, buffer, stage, work.forward);
  const isLast = forward.iteration >= rung.iterations;
  const told = { ...info, kind: "trained", rung, isLast } as const;
  if (!isLast) return [{ ...state, work: { ...work, forward } }, told];
  const remaining = rung.decision === "ladder" ? state.remaining.slice(1) : state.remaining;
  const extraRefinements = rung.decision === "refined" ? state.extraRefinements + 1 : 0;
  return [{ temperature: rung.to, remaining, extraRefinements, rng: forward.rng, work: null }, told];
}

/** One step of the rung under way: a block of samples, or an iteration of training on them. */
export async function stepAnneal(
  model: Model,
  ladderOptions: AnnealOptions,
  state: AnnealState,
): Promise<[AnnealState, AnnealInfo]> {
  const options = rungOptions(ladderOptions, state);
  const work = state.work ?? {
    kind: "drawing",
    room: createSamples(Math.max(options.samples, options.maxSamples), model.flow.dof),
    drawn: 0,
    rng: state.rng,
  };
  return work.kind === "drawing" ? draw(model, options, state, work) : train(model, options, state, work);
}
