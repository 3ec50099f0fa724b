/** What log q says: of samples of the flow (ESS, log Z, ELBO) and of the truth (forward ESS, EUBO, NLL) (paper, appendix on metrics). */
import type { Rng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import type { Target } from "../target/target";
import { forwardEss, PAPER_CLIP, reverseEss } from "./ess";
import { blockEstimate, elbo, type Estimate, estimateLogZ } from "./logz";
import type { SampleSet } from "./parts";

/** A set with log q of a flow at each row; without it the rows are bare samples. */
export interface ScoredSet extends SampleSet {
  readonly logQ?: Float64Array;
}

/** Of samples that the flow drew. */
export interface ReverseLikelihood {
  /** As a share, weights clipped as in the paper. */
  readonly ess: number;
  readonly logZ: Estimate;
  /** Mean log weight without the tail, kT; `excluded` samples lie in it. */
  readonly elbo: Estimate;
  readonly excluded: number;
}

/** Of samples of the target, at which the flow was asked for log q. */
export interface ForwardLikelihood {
  /** As a share. */
  readonly ess: number;
  /** Mean log weight, kT: an upper bound of log Z. */
  readonly eubo: Estimate;
  /** -mean log q in Cartesian coordinates, fixed frame. */
  readonly nll: Estimate;
}

/** A log weight so far (kT) below log Z is that of a clash, which alone would decide the mean. */
const TAIL = 100;

export const isScored = (set: ScoredSet): set is Samples => set.logQ !== undefined;

/** @param weights log(p~/q) of the samples, -Infinity for invalid ones. */
export function reverseLikelihood(
  weights: Float64Array,
  rng: Rng,
  { clip = PAPER_CLIP }: { readonly clip?: number } = {},
): ReverseLikelihood {
  const logZ = estimateLogZ(weights, rng);
  const { core, excluded } = elbo(weights, (i) => weights[i]! < logZ.value - TAIL);
  return { ess: reverseEss(weights, { clip }), logZ, elbo: core, excluded };
}

/**
 * Errors are those of blocks of consecutive samples, which may be correlated. A sample that the flow cannot give (log q = -Infinity) makes EUBO
 * and NLL infinite, as it should.
 */
export function forwardLikelihood(
  target: Pick<Target, "boltzmann">,
  truth: Samples,
  temperature: number,
  options: { readonly blocks?: number } = {},
): ForwardLikelihood {
  const weights = logWeights(target, truth, temperature);
  const cartesian = new Float64Array(truth.n);
  for (let i = 0; i < truth.n; i++) cartesian[i] = truth.logDet[i]! - truth.logQ[i]!;
  return { ess: forwardEss(weights), eubo: blockEstimate(weights, options), nll: blockEstimate(cartesian, options) };
}
