/**
 * A round of annealing, whatever its path: sample the flow, weight the samples for the next density, clip the largest weights, resample a buffer,
 * train on it by forward KL (paper, section on temperature annealing). Here is what a round is told and where it stands; `step-round.ts` takes it.
 */
import type { TemperatureRange } from "../flow/temperature";
import type { RngState } from "../numerics/random";
import type { Space } from "../sample/space";
import type { Samples } from "../target/samples";
import type { Buffer, ForwardKlInfo, ForwardKlOptions, ForwardKlState } from "./forward-kl";
import type { RungChains } from "./chain-options";
import type { HotChainsState } from "./hot-chains";
import type { Model } from "./model";
import type { Probed } from "./probe";
import type { Draw, Mixing } from "./reuse";
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
  Pick<
    RoundOptions,
    "samples" | "maxSamples" | "effective" | "buffer" | "clip" | "passes" | "iterations" | "schedule" | "averageDecay"
  >
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
  /** Of a flow that is told temperatures: the one that each sample is weighted for, and learned at, or all. */
  readonly temperatures?: number | Float64Array;
  /** Reverse ESS of these weights, clipped as in the metrics. */
  readonly bufferEss: number;
  readonly invalid: number;
  /** Iterations of training that the buffer is good for. */
  readonly iterations: number;
  /** Those of earlier rungs, if any are learned from again, before its own. */
  readonly samples: Samples;
  /** How many of the samples are its own: target evaluations. */
  readonly drawn: number;
  /** Of a trust region: how the step was found, and where it leads. */
  readonly trust?: TrustRung;
}

/** The density to train on next, as the samples at hand say. */
export type Next = Pick<Rung, "from" | "to" | "decision" | "logWeights" | "temperatures" | "trust">;

/** Where the next round leads and what it may cost. A place on the path is plain data. */
export interface Path<Place> {
  readonly options: RoundOptions;
  /** What a flow that is told temperatures is sampled at, spread over the rows; null for another. */
  readonly range: TemperatureRange | null;
  /** Finds the one temperature that it is to be sampled at in the place of the range; null where that is known. */
  readonly probe: ((model: Model, rng: RngState) => Promise<Probed>) | null;
  /** How many earlier draws are learned from again. */
  readonly reuse: number;
  /** Chains that walk at a rung's temperature, and where: what they meet is learned instead of the buffer. */
  readonly chains: { readonly options: RungChains; readonly space: Space } | null;
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
  /** Target evaluations that finding its temperature has cost. */
  readonly probed: number;
  readonly rng: RngState;
}

/** A rung whose draw is mixed with earlier ones. */
export type MixingRound = Mixing & Pick<Drawing, "probed">;

/** A rung that is being trained on. */
export interface Training {
  readonly kind: "training";
  readonly rung: Rung;
  readonly buffer: Buffer & Required<Pick<Buffer, "picks">>;
  /** What the samples are of; none if none will be learned from again. */
  readonly draws: readonly Draw[];
  /** After the last sample was drawn: from here `prepareRound` makes the same buffer again. */
  readonly drawnRng: RngState;
  /** Where chains walk, theirs too. */
  readonly forward: ForwardKlState | HotChainsState;
}

/** Where a round stands, beside the place on the path; plain data beside the model's parameters and optimiser. */
export interface Round {
  /** As it was before the rung under way: a rung whose work is lost is drawn again as it was. */
  readonly rng: RngState;
  /** Of earlier rungs, to be learned from again; none once they are part of the rung under way. */
  readonly past: readonly Draw[];
  /** The rung under way; null between rungs. */
  readonly work: Drawing | MixingRound | Training | null;
}

/** What a step did. */
export type RoundInfo =
  | { readonly kind: "drawn"; readonly samples: number; readonly room: number }
  | { readonly kind: "mixed"; readonly blocks: number; readonly of: number }
  | { readonly kind: "prepared"; readonly rung: Rung }
  | { readonly kind: "walked"; readonly rung: Rung; readonly sweep: number | null; readonly sweeps: number }
  | (ForwardKlInfo & { readonly kind: "trained"; readonly rung: Rung; readonly isLast: boolean });
