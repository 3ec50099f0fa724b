/**
 * Annealing down a temperature ladder (paper, section on temperature annealing): sample the flow, weight the samples for the next
 * temperature, clip the largest weights, resample a buffer, train on it by forward KL; repeat.
 */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { resampleSystematic } from "../numerics/resample";
import type { Rng } from "../numerics/random";
import { countInvalid, createSamples, logWeights, type Samples, samplesBetween } from "../target/samples";
import { type Buffer, type ForwardKlInfo, type ForwardKlOptions, initForwardKl, stepForwardKl } from "./forward-kl";
import { checkLadder } from "./ladder";
import { drawSamples, type Model } from "./model";

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

/** Where annealing stands: plain data beside the model's parameters. */
export interface AnnealState {
  /** The temperature that the flow was trained at last. */
  readonly temperature: number;
  /** Temperatures still to reach. */
  readonly remaining: readonly number[];
  /** Refinements in a row that the floor asked for. */
  readonly extraRefinements: number;
  readonly rng: Rng;
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

export function initAnneal({ ladder }: Pick<AnnealOptions, "ladder">, rng: Rng): AnnealState {
  const [temperature, ...remaining] = checkLadder(ladder);
  return { temperature: temperature!, remaining, extraRefinements: 0, rng };
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

/** Draws until the effective samples at a temperature suffice, or no more are allowed. */
async function drawEnough(model: Model, options: AnnealOptions, temperature: number, rng: Rng): Promise<Samples> {
  const { samples: share, maxSamples, effective } = options;
  const room = createSamples(Math.max(share, maxSamples), model.flow.dof);
  for (let n = share; ; n += share) {
    await drawSamples(model, samplesBetween(room, n - share, n), rng);
    const drawn = samplesBetween(room, 0, n);
    const isEnough = reverseEss(logWeights(model.target, drawn, temperature)) * n >= effective;
    if (isEnough || n + share > maxSamples) return drawn;
  }
}

/** Samples, weights and a decision for the next rung: target evaluations, no training yet. */
export async function prepareRung(
  model: Model,
  ladderOptions: AnnealOptions,
  state: AnnealState,
): Promise<{ rung: Rung; buffer: Buffer }> {
  const options = rungOptions(ladderOptions, state);
  const wanted = state.remaining[0]!;
  const samples = await drawEnough(model, options, wanted, state.rng);
  const essAt = (temperature: number): number => reverseEss(logWeights(model.target, samples, temperature));
  const { to, decision, ess } = chooseTemperature(essAt, {
    from: state.temperature,
    wanted,
    floor: options.essFloor,
    refinementsLeft: options.maxExtraRefinements - state.extraRefinements,
  });
  const weights = clipLogWeights(logWeights(model.target, samples, to), options.clip);
  const picks = resampleSystematic(weights, options.buffer, state.rng);
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
  return { rung, buffer: { x: samples.x, dof: samples.dof, picks } };
}

/** One rung: prepare, then train on the buffer with a fresh optimiser. `onStep` sees every iteration and may stop by returning false. */
export async function stepAnneal(
  model: Model,
  options: AnnealOptions,
  state: AnnealState,
  onStep: (info: ForwardKlInfo, rung: Rung) => boolean | Promise<boolean> = () => true,
): Promise<[AnnealState, Rung]> {
  const { rung, buffer } = await prepareRung(model, options, state);
  model.engine.resetOptimiser();
  let inner = initForwardKl(state.rng);
  const stage = { ...rungOptions(options, state), iterations: rung.iterations };
  while (inner.iteration < rung.iterations) {
    const [next, info] = await stepForwardKl(model, buffer, stage, inner);
    inner = next;
    if (!(await onStep(info, rung))) break;
  }
  const remaining = rung.decision === "ladder" ? state.remaining.slice(1) : state.remaining;
  const extraRefinements = rung.decision === "refined" ? state.extraRefinements + 1 : 0;
  return [{ ...state, temperature: rung.to, remaining, extraRefinements }, rung];
}
