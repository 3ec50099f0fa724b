/**
 * Annealing down a temperature ladder (paper, section on temperature annealing): sample the flow, weight the samples for the next
 * temperature, clip the largest weights, resample a buffer, train on it by forward KL; repeat.
 */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { resampleSystematic } from "../numerics/resample";
import { createRng, type RngState } from "../numerics/random";
import { countInvalid, createSamples, logWeights, type Samples, samplesBetween } from "../target/samples";
import {
  type Buffer,
  type ForwardKlInfo,
  type ForwardKlOptions,
  type ForwardKlState,
  initForwardKl,
  stepForwardKl,
} from "./forward-kl";
import { checkLadder } from "./ladder";
import { drawBlock, type Model } from "./model";

export interface AnnealOptions extends ForwardKlOptions {
  /** Temperatures from hot to cold; equal neighbours are refinement steps. */
  readonly ladder: readonly number[];
  /** Samples drawn from the flow per rung, and again until `effective` or `maxSamples` is reached: target evaluations. */
  readonly samples: number;
  readonly maxSamples: number;
  /** Effective samples (ESS times samples) that are enough for a buffer; 0: one draw always is. */
  readonly effective: number;
  /** Size of the resampled buffer. */
  readonly buffer: number;
  /** Passes over the effective samples after which training on a buffer ends: beyond a few it learns them by heart. null: no limit. */
  readonly passes: number | null;
  /** Share of the samples whose weights are cut to the smallest among them; 0 for none. */
  readonly clip: number;
  /** What differs in the ladder's own steps T -> T, usually more samples and longer training; null: nothing. */
  readonly refinement: Partial<
    Pick<AnnealOptions, "samples" | "maxSamples" | "effective" | "buffer" | "clip" | "iterations" | "schedule">
  > | null;
  /** Smallest ESS of a buffer to train on; below it the step is shortened, or the temperature refined, or annealing stops. */
  readonly essFloor: number;
  /** Refinements at one temperature, beyond the ladder's own, before annealing gives up. */
  readonly maxExtraRefinements: number;
}

/** Where annealing stands: plain data beside the model's parameters and optimiser. */
export interface AnnealState {
  /** The temperature that the flow was trained at last. */
  readonly temperature: number;
  /** Temperatures still to reach. */
  readonly remaining: readonly number[];
  /** Refinements in a row that the floor asked for. */
  readonly extraRefinements: number;
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

/** A rung that is being trained on. */
export interface Training {
  readonly kind: "training";
  readonly rung: Rung;
  readonly buffer: Buffer;
  /** After the last sample was drawn: from here `prepareRung` makes the same buffer again. */
  readonly drawnRng: RngState;
  readonly forward: ForwardKlState;
}

/** Why a rung is not the ladder's own. */
export type Decision = "ladder" | "shortened" | "refined";

/** One rung: what was trained on, and from what. */
export interface Rung {
  readonly from: number;
  readonly to: number;
  readonly decision: Decision;
  /** Reverse ESS of the samples' weights at `to`, weights clipped as in the metrics. */
  readonly bufferEss: number;
  readonly invalid: number;
  /** Iterations of training that the buffer is good for. */
  readonly iterations: number;
  readonly samples: Samples;
}

/** The temperature to go to next, and why. */
export interface Choice {
  readonly to: number;
  readonly decision: Decision;
  readonly ess: number;
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

/** The options of the next rung. */
function rungOptions(options: AnnealOptions, { temperature, remaining }: AnnealState): AnnealOptions {
  return remaining[0] === temperature ? { ...options, ...options.refinement } : options;
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

/** Weights, a decision and the buffer of the next rung, ready to be trained on: no target evaluation. The optimiser starts afresh. */
export function prepareRung(
  model: Model,
  ladderOptions: AnnealOptions,
  state: AnnealState,
  samples: Samples,
  drawnRng: RngState,
): Training {
  const options = rungOptions(ladderOptions, state);
  const rng = createRng(drawnRng);
  const essAt = (temperature: number): number => reverseEss(logWeights(model.target, samples, temperature));
  const { to, decision, ess } = chooseTemperature(essAt, {
    from: state.temperature,
    wanted: state.remaining[0]!,
    floor: options.essFloor,
    refinementsLeft: options.maxExtraRefinements - state.extraRefinements,
  });
  const weights = clipLogWeights(logWeights(model.target, samples, to), options.clip);
  const picks = resampleSystematic(weights, options.buffer, rng);
  const { iterations: most, passes, batch } = options;
  const iterations =
    passes === null ? most : Math.max(1, Math.min(most, Math.round((passes * ess * samples.n) / batch)));
  const rung = {
    from: state.temperature,
    to,
    decision,
    bufferEss: ess,
    invalid: countInvalid(samples),
    iterations,
    samples,
  };
  model.engine.resetOptimiser();
  const buffer = { x: samples.x, dof: samples.dof, picks };
  return { kind: "training", rung, buffer, drawnRng, forward: initForwardKl(rng.state()) };
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
