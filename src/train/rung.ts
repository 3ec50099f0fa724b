/** One rung of annealing: the temperature to go to, and the buffer of weighted samples to train on (paper, section on temperature annealing). */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { createRng, type RngState } from "../numerics/random";
import { resampleSystematic } from "../numerics/resample";
import { countInvalid, logWeights, type Samples } from "../target/samples";
import { type Buffer, type ForwardKlOptions, type ForwardKlState, initForwardKl } from "./forward-kl";
import type { Model } from "./model";

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

/** How far down the ladder a flow is. */
export interface LadderPlace {
  /** The temperature that the flow was trained at last. */
  readonly temperature: number;
  /** Temperatures still to reach. */
  readonly remaining: readonly number[];
  /** Refinements in a row that the floor asked for. */
  readonly extraRefinements: number;
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

/** A rung that is being trained on. */
export interface Training {
  readonly kind: "training";
  readonly rung: Rung;
  readonly buffer: Buffer;
  /** After the last sample was drawn: from here `prepareRung` makes the same buffer again. */
  readonly drawnRng: RngState;
  readonly forward: ForwardKlState;
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
export function rungOptions(options: AnnealOptions, { temperature, remaining }: LadderPlace): AnnealOptions {
  return remaining[0] === temperature ? { ...options, ...options.refinement } : options;
}

/** Weights, a decision and the buffer of the next rung, ready to be trained on: no target evaluation. The optimiser starts afresh. */
export function prepareRung(
  model: Model,
  ladderOptions: AnnealOptions,
  place: LadderPlace,
  samples: Samples,
  drawnRng: RngState,
): Training {
  const options = rungOptions(ladderOptions, place);
  const rng = createRng(drawnRng);
  const essAt = (temperature: number): number => reverseEss(logWeights(model.target, samples, temperature));
  if (essAt(place.temperature) === 0) {
    throw new Error(
      `anneal: missing weights (got ${samples.n} samples of the flow of ${place.temperature.toFixed(1)}, ${countInvalid(samples)} of them without a ` +
        "finite energy, and none that counts), expected some; train with a smaller peak of the schedule, or begin with another flow",
    );
  }
  const { to, decision, ess } = chooseTemperature(essAt, {
    from: place.temperature,
    wanted: place.remaining[0]!,
    floor: options.essFloor,
    refinementsLeft: options.maxExtraRefinements - place.extraRefinements,
  });
  const weights = clipLogWeights(logWeights(model.target, samples, to), options.clip);
  const picks = resampleSystematic(weights, options.buffer, rng);
  const { iterations: most, passes, batch } = options;
  const iterations =
    passes === null ? most : Math.max(1, Math.min(most, Math.round((passes * ess * samples.n) / batch)));
  const rung = {
    from: place.temperature,
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
