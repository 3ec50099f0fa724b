/**
 * Annealing by trust regions, beyond the paper, after constrained mass transport (arXiv 2510.18460): each round goes as far towards the target as a
 * bound on KL and one on the loss of entropy allow. The path, its temperatures and the number of rounds follow from the bounds.
 */
import { isTold } from "../flow/temperature";
import type { RngState } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import type { Model } from "./model";
import type { Path, Refinement, Round, RoundInfo, RoundOptions } from "./round";
import { stepRound } from "./step-round";
import { type Bounds, type Step, stepWeights, trustStep } from "./trust-step";

export interface TrustRegionOptions extends RoundOptions {
  /** Of the target. */
  readonly temperature: number;
  /**
   * A flow is a little broader than what it was fitted to. With a bound on entropy below what that gives back in every round the path stands still: the
   * mixture at the size of smoke did at T = 1.4, with 0.1 nats.
   */
  readonly bounds: Bounds;
  /** Rounds on the target itself after the first one. */
  readonly refinements: number;
  /** What differs in them; null: nothing. */
  readonly refinement: Refinement | null;
  /** Rounds of all kinds after which training ends, wherever it is: the last rung of the record says where. */
  readonly maxRounds: number;
}

/** A density start^s target^t: what the flow stands for after exact steps. `start` is what it began from. */
export interface Exponents {
  readonly start: number;
  readonly target: number;
}

/** How a rung of a trust region was found, and the density that it leads to. */
export interface TrustRung extends Step {
  readonly exponents: Exponents;
}

/** How far the flow is. */
export interface TrustPlace {
  readonly exponents: Exponents;
  /** Rounds on the target itself still to come. */
  readonly remaining: number;
  readonly rounds: number;
}

/** Plain data beside the model's parameters and optimiser. */
export interface TrustState extends TrustPlace, Round {}

/** @param from the temperature that the flow was trained at; null for an untrained one, or one of another density. */
export function initTrustRegion(
  { temperature, refinements }: Pick<TrustRegionOptions, "temperature" | "refinements">,
  from: number | null,
  rng: RngState,
): TrustState {
  const exponents = from === null ? { start: 1, target: 0 } : { start: 0, target: temperature / from };
  return { exponents, remaining: 1 + refinements, rounds: 0, rng, past: [], work: null };
}

/** log q with respect to the volume of Cartesian coordinates, in which a power of the target is a temperature. */
function cartesianDensity({ logQ, logDet }: Samples): Float64Array {
  return logQ.map((value, i) => value - logDet[i]!);
}

/** The way on from a place: once at the target, with the options of refinement. */
export function trustPath(
  { target, flow }: Pick<Model, "target" | "flow">,
  { refinement, ...all }: TrustRegionOptions,
  { exponents, remaining, rounds }: TrustPlace,
): Path<TrustPlace> {
  const { temperature, bounds, refinements, maxRounds } = all;
  if (isTold(flow)) {
    throw new RangeError(
      "trustRegion: invalid flow (got one that is told temperatures), expected one of one density, for the path does not go by temperatures; " +
        "leave temperatures and steered of the flow's options out",
    );
  }
  const options = remaining > refinements ? all : { ...all, ...refinement };
  const next: Path<TrustPlace>["next"] = (samples) => {
    const weights = logWeights(target, samples, temperature);
    const density = cartesianDensity(samples);
    const step = trustStep(weights, density, bounds);
    const { share, tempering } = step;
    const reached = {
      start: (1 - share) * exponents.start,
      target: (1 - share) * exponents.target + share * tempering,
    };
    return {
      from: temperature / exponents.target,
      to: temperature / reached.target,
      decision: share * tempering === 1 ? "target" : "bounded",
      logWeights: stepWeights(weights, density, step),
      trust: { ...step, exponents: reached },
    };
  };
  return {
    options,
    range: null,
    probe: null,
    reuse: 0,
    chains: null,
    wanted: (samples) => next(samples).logWeights,
    next,
    arrive({ decision, trust }) {
      const left = decision === "target" ? remaining - 1 : remaining;
      return { exponents: trust!.exponents, remaining: rounds + 1 < maxRounds ? left : 0, rounds: rounds + 1 };
    },
  };
}

/** One step of the round under way: a block of samples, or an iteration of training on them. */
export async function stepTrustRegion(
  model: Model,
  options: TrustRegionOptions,
  state: TrustState,
): Promise<[TrustState, RoundInfo]> {
  return stepRound(model, trustPath(model, options, state), state);
}
