/**
 * Maximum likelihood on what chains of Hamiltonian Monte Carlo meet at a high temperature, where they cross every barrier: a start of annealing in the
 * place of reverse KL. Still from the energy alone; an energy costs a small part of an iteration of the flow, and what chains meet has no mode missing.
 * On the hexapeptide at 1200 K 1,500 iterations of 1,024 took the flow of 40,000 of reverse KL from an ESS of 0.03 to 3.3 %.
 *
 * What is met often is learned by heart, and the loss does not show it: a point should be learned from a few times only, which takes many walkers and few iterations
 * per sweep. Known densities help (`known-density.ts`); so do turns about bonds, without which phi and psi forget slowly where they were.
 */
import { type ChainOptions, samplerOf, temperaturesOf } from "./chain-options";
import { createRng } from "../numerics/random";
import type { Space } from "../sample/space";
import { USUAL_SCALE } from "../sample/starts";
import { initTempering, initTuning, rowAt, stepTempering } from "../sample/tempering";
import { initWarmUp, isWarm, stepWarmUp, warmUpSweeps, type WarmUpState } from "../sample/warm-up";
import {
  type ForwardKlInfo,
  type ForwardKlOptions,
  type ForwardKlState,
  initForwardKl,
  stepForwardKl,
} from "./forward-kl";
import type { Model } from "./model";

export interface HotChainsOptions extends ForwardKlOptions, ChainOptions {
  readonly temperature: number;
  /**
   * Whether points weigh by their densities (`known-density.ts`), which are known but for their norm: p at each, by the energy, and the flow's. What the flow has already
   * learned better than others is then not learned by heart.
   */
  readonly knownDensities: boolean;
}

/** Plain data beside the model's parameters and optimiser. */
export interface HotChainsState extends ForwardKlState {
  /** null before the first step, and after the last: nothing needs them any more. */
  readonly chains: WarmUpState | null;
  /** Sweeps since the warm-up. */
  readonly sweeps: number;
  /** [memory * chains at the learned temperature, dof]: what the last sweeps met, the oldest overwritten first. */
  readonly points: Float32Array;
  /** [memory * chains]: the log density of each, without its norm. Older states do not have it. */
  readonly logP?: Float64Array;
}

/** Where the chains walk and start. */
export interface Ground {
  readonly space: Space;
  /** [walkers, dof] */
  starts(walkers: number, seed: number): Promise<Float64Array>;
}

/** What a step did; `trained` is null for a sweep. */
export interface HotChainsInfo {
  readonly trained: ForwardKlInfo | null;
  /** Of those before the first iteration, in all `sweepsBefore`; null once there was one. */
  readonly sweep: number | null;
  /** Of the chains' last proposals; NaN before the first. */
  readonly acceptance: number;
}

const NO_POINTS = { points: new Float32Array(0), logP: new Float64Array(0) };

export function initHotChains(rng: HotChainsState["rng"]): HotChainsState {
  return { ...initForwardKl(rng), chains: null, sweeps: 0, ...NO_POINTS };
}

/** The chains at their starts. Costs what the ground asks for these, and one target evaluation per walker. */
async function begin(
  { space, starts }: Ground,
  options: HotChainsOptions,
  state: HotChainsState,
): Promise<HotChainsState> {
  const rng = createRng(state.rng);
  const [startSeed, chainSeed] = [rng.integer(2 ** 31), rng.integer(2 ** 31)];
  const [sampler, temperatures] = [samplerOf(options), temperaturesOf(options)];
  const walkers = sampler.runs * temperatures.length;
  const x = (await starts(options.walkers, startSeed)).subarray(0, walkers * space.dof);
  const tuning = initTuning(temperatures, space.dof, USUAL_SCALE);
  const chains = initWarmUp(sampler, tuning, await initTempering(space, sampler, x, chainSeed));
  const rows = options.memory * sampler.runs;
  const memory = { points: new Float32Array(rows * space.dof), logP: new Float64Array(rows) };
  return { ...state, rng: rng.state(), chains, ...memory };
}

/** A sweep of all chains: `leapfrogs` target evaluations per walker, and what the turns cost where there are bonds to turn about. */
async function sweep(
  { space }: Ground,
  options: HotChainsOptions,
  state: HotChainsState,
  chains: WarmUpState,
): Promise<[HotChainsState, HotChainsInfo]> {
  const sampler = samplerOf(options);
  if (!isWarm(sampler, chains)) {
    const [next, { acceptance }] = await stepWarmUp(space, sampler, chains);
    return [
      { ...state, chains: next },
      { trained: null, sweep: warmUpSweeps(sampler, next).done, acceptance: acceptance[0]! },
    ];
  }
  const [tempering, { acceptance }] = await stepTempering(space, sampler, chains.tuning, chains.tempering);
  const { places } = tempering;
  const { x, energy, logDet } = tempering.hmc.walkers;
  const n = places.length;
  const points = state.points.slice();
  // States without it are older than known densities, and learn without them.
  const logP = state.logP?.slice() ?? new Float64Array(options.memory * n);
  const row = (state.sweeps % options.memory) * n;
  const kT = space.boltzmann * options.temperature;
  for (let run = 0; run < n; run++) {
    const walker = rowAt(places, run, 0);
    points.set(x.subarray(walker * space.dof, (walker + 1) * space.dof), (row + run) * space.dof);
    logP[row + run] = logDet[walker]! - energy[walker]! / kT;
  }
  const next = { ...state, chains: { ...chains, tempering }, sweeps: state.sweeps + 1, points, logP };
  const before = state.iteration === 0 ? warmUpSweeps(sampler, chains).done + next.sweeps : null;
  return [next, { trained: null, sweep: before, acceptance: acceptance[0]! }];
}

/** One step: a sweep of the chains, or an iteration on what they have met. */
export async function stepHotChains(
  model: Model,
  ground: Ground,
  options: HotChainsOptions,
  state: HotChainsState,
): Promise<[HotChainsState, HotChainsInfo]> {
  const { memory, iterations, iterationsPerSweep, knownDensities } = options;
  if (state.chains === null) return [await begin(ground, options, state), { trained: null, sweep: 0, acceptance: NaN }];
  const due = memory + Math.floor(state.iteration / iterationsPerSweep);
  if (state.sweeps < due) return sweep(ground, options, state, state.chains);
  const densities = knownDensities ? { logM: state.logP! } : null;
  const { temperature: temperatures } = options;
  const buffer = { x: state.points, dof: ground.space.dof, temperatures, ...(densities && { densities }) };
  const [forward, trained] = await stepForwardKl(model, buffer, options, state);
  const isLast = forward.iteration >= iterations;
  const kept = isLast ? { chains: null, ...NO_POINTS } : {};
  return [
    { ...state, ...forward, ...kept },
    { trained, sweep: null, acceptance: NaN },
  ];
}
