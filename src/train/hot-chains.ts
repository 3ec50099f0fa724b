/**
 * Maximum likelihood on what chains of Hamiltonian Monte Carlo meet at a high temperature, where they cross every barrier: a start of annealing in the
 * place of reverse KL. Still from the energy alone; an energy costs a small part of an iteration of the flow, and what chains meet has no mode missing.
 * On the hexapeptide at 1200 K 1,500 iterations of 1,024 took the flow of 40,000 of reverse KL from an ESS of 0.03 to 3.3 %.
 *
 * What is met often is learned by heart, and the loss does not show it: a point should be learned from a few times only, which takes many walkers and few iterations
 * per sweep. Known densities help (`known-density.ts`); so do turns about bonds, without which phi and psi forget slowly where they were.
 */
import { type ChainOptions, partiesOf, sweepsOf } from "./chain-options";
import {
  type ForwardKlInfo,
  type ForwardKlOptions,
  type ForwardKlState,
  initForwardKl,
  stepForwardKl,
} from "./forward-kl";
import type { Model } from "./model";
import { begin, type Ground, NO_WALK, startsFrom, sweep, type Walk } from "./walk";

export interface HotChainsOptions extends ForwardKlOptions, ChainOptions {
  readonly temperature: number;
  /**
   * Whether points weigh by their densities (`known-density.ts`), which are known but for their norm: p at each, by the energy, and the flow's. What the flow has already
   * learned better than others is then not learned by heart.
   */
  readonly knownDensities: boolean;
}

/** Plain data beside the model's parameters and optimiser. */
export interface HotChainsState extends ForwardKlState, Walk {}

/** What a step did; `trained` is null for a sweep. */
export interface HotChainsInfo {
  readonly trained: ForwardKlInfo | null;
  /** Of those before the first iteration, in all `sweepsOf`; null once there was one. */
  readonly sweep: number | null;
  /** Of the chains' last proposals; NaN before the first. */
  readonly acceptance: number;
}

export function initHotChains(rng: HotChainsState["rng"]): HotChainsState {
  return { ...initForwardKl(rng), sweeps: 0, ...NO_WALK };
}

/** One step: a sweep of the chains, or an iteration on what they have met. */
export async function stepHotChains(
  model: Model,
  ground: Ground,
  options: HotChainsOptions,
  state: HotChainsState,
): Promise<[HotChainsState, HotChainsInfo]> {
  const { memory, iterations, iterationsPerSweep, knownDensities, alpha, temperature: temperatures } = options;
  const { dof } = ground.space;
  const { chains, iteration, party: place = 0 } = state;
  const parties = partiesOf(options);
  const [party, next] = parties.slice(place);
  const before = sweepsOf(parties.slice(0, place));
  const untrained = { trained: null, acceptance: NaN };
  if (chains === null) return [await begin(ground, party!, memory, state), { ...untrained, sweep: before }];
  const due = next ? party!.sweeps : memory + Math.floor(iteration / iterationsPerSweep);
  if (state.sweeps < due) {
    const [swept, { done, acceptance }] = await sweep(ground.space, party!, memory, state, chains);
    return [swept, { trained: null, sweep: iteration === 0 ? before + done : null, acceptance }];
  }
  if (next) {
    const follows = { ...ground, starts: startsFrom(state, dof) };
    const begun = await begin(follows, next, memory, { ...state, party: place + 1 });
    return [begun, { ...untrained, sweep: before + sweepsOf([party!]) }];
  }
  const densities = knownDensities ? { logM: state.logP!, alpha: alpha ?? 1 } : null;
  const buffer = { x: state.points, dof, temperatures, ...(densities && { densities }) };
  const [forward, trained] = await stepForwardKl(model, buffer, options, state);
  const isLast = forward.iteration >= iterations;
  return [
    { ...state, ...forward, ...(isLast ? NO_WALK : {}) },
    { trained, sweep: null, acceptance: NaN },
  ];
}
