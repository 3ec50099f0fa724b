/**
 * Replica exchange that a flow aids: parallel tempering on the densities between the flow's q and its target p, with the flow as the replica beyond the last
 * of them, which never has to walk: a fresh sample of it is offered in every sweep (Invernizzi et al. 2022). With no density between it is an independent
 * Metropolis move to p itself, beside local ones (Gabrié et al. 2022).
 */
import { createRng } from "../numerics/random";
import type { Space } from "./space";
import {
  rowAt,
  stepTempering,
  type TemperingInfo,
  type TemperingOptions,
  type TemperingState,
  type Tuning,
} from "./tempering";
import { chooseWalkers, takeWalkers, type Walkers } from "./walkers";

export interface ExchangeInfo extends TemperingInfo {
  /** Mean probability with which the walkers nearest to the flow gave way to its samples. */
  readonly renewal: number;
}

/**
 * A sweep of tempering, after which each run's walker at the last level is offered a sample of exp(logDet), the flow. Both have a density in proportion to
 * exp(-b U + logDet), with b = 0 for the flow, so that their energies alone decide. Costs what `stepTempering` costs.
 * @param tuning temperatures 1 / b, ascending from 1: the target
 * @param fresh one for each run
 */
export async function stepFlowExchange(
  space: Space,
  options: TemperingOptions,
  tuning: Tuning,
  fresh: Walkers,
  state: TemperingState,
): Promise<[TemperingState, ExchangeInfo]> {
  const [swept, info] = await stepTempering(space, options, tuning, state);
  const { hmc, places } = swept;
  const { walkers } = hmc;
  const levels = tuning.temperatures.length;
  const kT = space.boltzmann * tuning.temperatures[levels - 1]!;
  const rng = createRng(hmc.rng);
  const chosen = new Uint8Array(walkers.n);
  let renewal = 0;
  for (let run = 0; run < options.runs; run++) {
    const row = rowAt(places, run, levels - 1);
    const probability = Math.min(1, Math.exp((walkers.energy[row]! - fresh.energy[run]!) / kT)) || 0; // NaN: no energy
    renewal += probability / options.runs;
    if (rng.uniform() < probability) chosen[row] = 1;
  }
  const offered = takeWalkers(
    fresh,
    Uint32Array.from(chosen, (_, row) => Math.floor(row / levels)),
  );
  const renewed = { walkers: chooseWalkers(walkers, offered, chosen), rng: rng.state() };
  return [
    { ...swept, hmc: renewed },
    { ...info, renewal },
  ];
}
