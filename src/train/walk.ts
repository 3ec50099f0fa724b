/** Chains that walk beside a flow, in one party after another: their state, their starts and their sweeps. */
import { createRng, type RngState } from "../numerics/random";
import { takeRows } from "../numerics/rows";
import type { Space } from "../sample/space";
import { USUAL_SCALE } from "../sample/starts";
import { initTempering, initTuning, rowAt, stepTempering } from "../sample/tempering";
import { initWarmUp, isWarm, stepWarmUp, warmUpSweeps, type WarmUpState } from "../sample/warm-up";
import { type Party, startsOf } from "./chain-options";

/** Plain data. */
export interface Walk {
  /** null before the first step, and after the last: nothing needs them any more. */
  readonly chains: WarmUpState | null;
  /** Which of the parties walks (`partiesOf`); the last is learned from. Older states have one alone. */
  readonly party?: number;
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

export const NO_WALK = { chains: null, points: new Float32Array(0), logP: new Float64Array(0) };

/** The chains of a party at their starts. Costs what these cost, and one target evaluation per walker. */
export async function begin<State extends Walk & { readonly rng: RngState }>(
  { space, starts }: Ground,
  party: Party,
  memory: number,
  state: State,
): Promise<State> {
  const { temperatures, sampler } = party;
  const rng = createRng(state.rng);
  const [startSeed, chainSeed] = [rng.integer(2 ** 31), rng.integer(2 ** 31)];
  const x = await starts(startsOf(party), startSeed);
  const tuning = initTuning(temperatures, space.dof, USUAL_SCALE);
  const chains = initWarmUp(sampler, tuning, await initTempering(space, sampler, x, chainSeed));
  const rows = memory * sampler.runs;
  const room = { points: new Float32Array(rows * space.dof), logP: new Float64Array(rows) };
  return { ...state, rng: rng.state(), chains, sweeps: 0, ...room };
}

/** Where a party begins that follows on another: points that this met, drawn with replacement. */
export function startsFrom({ points }: Pick<Walk, "points">, dof: number): Ground["starts"] {
  return (walkers, seed) => {
    const rng = createRng(seed);
    const rows = Array.from({ length: walkers }, () => rng.integer(points.length / dof));
    return Promise.resolve(Float64Array.from(takeRows(points, dof, rows)));
  };
}

/** What a sweep was. */
interface Swept {
  /** Of the party, with its warm-up. */
  readonly done: number;
  readonly acceptance: number;
}

/** A sweep of all chains: `leapfrogs` target evaluations per walker, and what the turns cost where there are bonds to turn about. */
export async function sweep<State extends Walk>(
  space: Space,
  { sampler, temperatures }: Party,
  memory: number,
  state: State,
  chains: WarmUpState,
): Promise<[State, Swept]> {
  if (!isWarm(sampler, chains)) {
    const [next, { acceptance }] = await stepWarmUp(space, sampler, chains);
    return [
      { ...state, chains: next },
      { done: warmUpSweeps(sampler, next).done, acceptance: acceptance[0]! },
    ];
  }
  const [tempering, { acceptance }] = await stepTempering(space, sampler, chains.tuning, chains.tempering);
  const { places } = tempering;
  const { x, energy, logDet } = tempering.hmc.walkers;
  const n = places.length;
  const points = state.points.slice();
  // States without it are older than known densities, and learn without them.
  const logP = state.logP?.slice() ?? new Float64Array(memory * n);
  const row = (state.sweeps % memory) * n;
  const kT = space.boltzmann * temperatures[0]!;
  for (let run = 0; run < n; run++) {
    const walker = rowAt(places, run, 0);
    points.set(x.subarray(walker * space.dof, (walker + 1) * space.dof), (row + run) * space.dof);
    logP[row + run] = logDet[walker]! - energy[walker]! / kT;
  }
  const next = { ...state, chains: { ...chains, tempering }, sweeps: state.sweeps + 1, points, logP };
  return [next, { done: warmUpSweeps(sampler, chains).done + next.sweeps, acceptance: acceptance[0]! }];
}
