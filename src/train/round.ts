/**
 * A round of annealing, whatever its path: sample the flow, weight the samples for the next density, clip the largest weights, resample a buffer,
 * train on it by forward KL (paper, section on temperature annealing).
 */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { createRng, type RngState } from "../numerics/random";
import type { TemperatureRange } from "../flow/temperature";
import { resampleSystematic } from "../numerics/resample";
import type { Space } from "../sample/space";
import { countInvalid, type Samples, samplesBetween } from "../target/samples";
import {
  type Buffer,
  type ForwardKlInfo,
  type ForwardKlOptions,
  type ForwardKlState,
  initForwardKl,
  stepForwardKl,
} from "./forward-kl";
import { type ChainOptions, type HotChainsState, initHotChains, stepHotChains, sweepsBefore } from "./hot-chains";
import { mixWithFlow } from "./known-density";
import { createRoom, drawBlock, type Model } from "./model";
import type { TrustRung } from "./trust-region";

export interface RoundOptions extends ForwardKlOptions {
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
  /** Whether the buffer is mixed with the flow's own samples and weighs by densities (`known-density.ts`); false: plain maximum likelihood, as in the paper. */
  readonly knownDensities: boolean;
}

/** What the last steps of a path, those that stay at the target, may have of their own: usually more samples and longer training. */
export type Refinement = Partial<
  Pick<RoundOptions, "samples" | "maxSamples" | "effective" | "buffer" | "clip" | "passes" | "iterations" | "schedule">
>;

/** Of a ladder: its own step, or why it is another. Of a trust region: a step that a bound ended, or one to the target itself. */
export type Decision = "ladder" | "shortened" | "refined" | "bounded" | "target";

/** One rung: what was trained on, and from what. */
export interface Rung {
  /** Temperatures; of a trust region those that the exponents of the target stand for. */
  readonly from: number;
  readonly to: number;
  readonly decision: Decision;
  /** log of the density that is trained on over the flow's, per sample, unclipped. */
  readonly logWeights: Float64Array;
  /** Of a flow that is told temperatures: the one that each sample is weighted for, and learned at. */
  readonly temperatures?: Float64Array;
  /** Reverse ESS of these weights, clipped as in the metrics. */
  readonly bufferEss: number;
  readonly invalid: number;
  /** Iterations of training that the buffer is good for. */
  readonly iterations: number;
  readonly samples: Samples;
  /** Of a trust region: how the step was found, and where it leads. */
  readonly trust?: TrustRung;
}

/** The density to train on next, as the samples at hand say. */
export type Next = Pick<Rung, "from" | "to" | "decision" | "logWeights" | "temperatures" | "trust">;

/** Where the next round leads and what it may cost. A place on the path is plain data. */
export interface Path<Place> {
  readonly options: RoundOptions;
  /** What a flow that is told temperatures is sampled at, spread over the rows; null for another flow. */
  readonly range: TemperatureRange | null;
  /** Chains that walk at a rung's temperature, and where: what they meet is learned instead of the buffer. */
  readonly chains: { readonly options: ChainOptions; readonly space: Space } | null;
  /** Log weights whose effective samples say whether enough are drawn. */
  wanted(samples: Samples): Float64Array;
  next(samples: Samples): Next;
  /** The place after the flow has been trained on a rung. */
  arrive(rung: Rung): Place;
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
  readonly buffer: Buffer & Required<Pick<Buffer, "picks">>;
  /** After the last sample was drawn: from here `prepareRound` makes the same buffer again. */
  readonly drawnRng: RngState;
  /** With chains, theirs too. */
  readonly forward: ForwardKlState | HotChainsState;
}

/** Where a round stands, beside the place on the path; plain data beside the model's parameters and optimiser. */
export interface Round {
  /** As it was before the rung under way: a rung whose work is lost is drawn again as it was. */
  readonly rng: RngState;
  /** The rung under way; null between rungs. */
  readonly work: Drawing | Training | null;
}

/** What a step did. */
export type RoundInfo =
  | { readonly kind: "drawn"; readonly samples: number; readonly room: number }
  | { readonly kind: "prepared"; readonly rung: Rung }
  | { readonly kind: "walked"; readonly rung: Rung; readonly sweep: number | null; readonly sweeps: number }
  | (ForwardKlInfo & { readonly kind: "trained"; readonly rung: Rung; readonly isLast: boolean });

/** Weights and the buffer of the next rung, ready to be trained on: no target evaluation. The optimiser starts afresh. */
export function prepareRound(
  model: Model,
  { options, next, chains }: Pick<Path<unknown>, "options" | "next" | "chains">,
  samples: Samples,
  drawnRng: RngState,
): Training {
  const rng = createRng(drawnRng);
  const chosen = next(samples);
  const bufferEss = reverseEss(chosen.logWeights);
  const clipped = clipLogWeights(chosen.logWeights, options.clip);
  const { iterations: most, passes, batch, knownDensities } = options;
  const known = knownDensities && !chains ? mixWithFlow(clipped, samples.logQ, bufferEss) : null;
  const picks = resampleSystematic(known?.logPicks ?? clipped, chains?.options.walkers ?? options.buffer, rng);
  const iterations =
    passes === null || chains
      ? most
      : Math.max(1, Math.min(most, Math.round((passes * bufferEss * samples.n) / batch)));
  const rung = { ...chosen, bufferEss, invalid: countInvalid(samples), iterations, samples };
  model.engine.resetOptimiser();
  const { x, dof } = samples;
  const { temperatures } = chosen;
  const buffer = { x, dof, picks, ...(known && { densities: known }), ...(temperatures && { temperatures }) };
  return { kind: "training", rung, buffer, drawnRng, forward: (chains ? initHotChains : initForwardKl)(rng.state()) };
}

/** Draws a block; when enough is drawn, or no more is allowed, prepares the rung. */
async function draw<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
  { room, drawn, rng: stored }: Drawing,
): Promise<[Place & Round, RoundInfo]> {
  const { samples: share, maxSamples, effective } = path.options;
  const rng = createRng(stored);
  const start = drawn - (drawn % share);
  const end = start + share;
  const reached = start + (await drawBlock(model, samplesBetween(room, start, end), drawn - start, rng));
  const after = rng.state();
  const all = samplesBetween(room, 0, reached);
  const isEnough = (): boolean => end + share > maxSamples || reverseEss(path.wanted(all)) * reached >= effective;
  if (reached === end && isEnough()) {
    const work = prepareRound(model, path, all, after);
    return [
      { ...state, work },
      { kind: "prepared", rung: work.rung },
    ];
  }
  return [
    { ...state, work: { kind: "drawing", room, drawn: reached, rng: after } },
    { kind: "drawn", samples: reached, room: room.n },
  ];
}

/** The points of a buffer, from which chains start. */
function startsOf({ x, dof, picks }: Training["buffer"]): Float64Array {
  const starts = new Float64Array(picks.length * dof);
  picks.forEach((row, i) => starts.set(x.subarray(row * dof, (row + 1) * dof), i * dof));
  return starts;
}

/** One iteration on the buffer, or a sweep of chains from it; the last iteration ends the rung. */
async function train<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
  work: Training,
): Promise<[Place & Round, RoundInfo]> {
  const { rung, buffer } = work;
  const stage = { ...path.options, iterations: rung.iterations };
  const { chains } = path;
  let trained: [Training["forward"], ForwardKlInfo];
  if (chains) {
    const ground = { space: chains.space, starts: () => Promise.resolve(startsOf(buffer)) };
    const all = { ...stage, ...chains.options, temperature: rung.to };
    const [forward, { sweep, trained: info }] = await stepHotChains(model, ground, all, work.forward as HotChainsState);
    if (info === null) {
      const told = { kind: "walked", rung, sweep, sweeps: sweepsBefore(chains.options) } as const;
      return [{ ...state, work: { ...work, forward } }, told];
    }
    trained = [forward, info];
  } else trained = await stepForwardKl(model, buffer, stage, work.forward);
  const [forward, info] = trained;
  const isLast = forward.iteration >= rung.iterations;
  const told = { ...info, kind: "trained", rung, isLast } as const;
  if (!isLast) return [{ ...state, work: { ...work, forward } }, told];
  return [{ ...path.arrive(rung), rng: forward.rng, work: null }, told];
}

/** One step of the rung under way: a block of samples, or an iteration of training on them. */
export async function stepRound<Place>(
  model: Model,
  path: Path<Place>,
  state: Place & Round,
): Promise<[Place & Round, RoundInfo]> {
  const { samples, maxSamples } = path.options;
  const work = state.work ?? {
    kind: "drawing",
    room: createRoom(model, Math.max(samples, maxSamples), path.range),
    drawn: 0,
    rng: state.rng,
  };
  return work.kind === "drawing" ? draw(model, path, state, work) : train(model, path, state, work);
}
