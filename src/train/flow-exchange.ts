/** Samples of the target by replica exchange that a flow aids: chains in the place of weights. */
import { createRng, type RngState } from "../numerics/random";
import { requireWhole } from "../numerics/whole";
import { findLevels, type Level, type PathOptions } from "../sample/ais-path";
import { stepFlowExchange } from "../sample/flow-exchange";
import { initTempering, initTuning, rowAt, type TemperingOptions, type Tuning } from "../sample/tempering";
import { createSamples, type Samples } from "../target/samples";
import { targetBridge } from "./bridge";
import { startWalkers, weighSamples } from "./flow-walkers";
import type { Model } from "./model";

export interface ExchangeSampling extends TemperingOptions, PathOptions {
  readonly temperature: number;
  /** Walkers that find the densities between flow and target, and where the chains start. */
  readonly pilots: number;
  /** Sweeps before the first that is kept, and those that are. */
  readonly burnIn: number;
  readonly sweeps: number;
}

/** Densities so far apart that half of the walkers are effective after each step: neighbours then swap about every second time. */
export const FLOW_EXCHANGE: Omit<ExchangeSampling, "temperature" | "sweeps"> = {
  runs: 100,
  leapfrogs: 5,
  jitter: 0.2,
  swapRounds: 1,
  keep: 0.5,
  acceptance: 0.8,
  tries: 10,
  most: 30,
  pilots: 1000,
  burnIn: 50,
};

export interface ExchangeSamples {
  /** The walkers at the target after each sweep, run by run: [runs * sweeps]. They weigh the same: `logQ` is log p~, and `logWeights` are 0. */
  readonly samples: Samples;
  /** Frames of each run, for `evaluate` and others that need to know which follow each other. */
  readonly runs: readonly number[];
  /** From the target to the flow: the densities walked at, as exponents of p / q. */
  readonly exponents: readonly number[];
  /** Mean probabilities: of proposals at each density, of swaps between neighbours, and of the last one's with the flow. */
  readonly acceptance: readonly number[];
  readonly swap: readonly number[];
  readonly renewal: number;
  readonly rng: RngState;
}

/** Steps and temperatures of levels that go from the target to the flow. */
function tuningOf(levels: readonly Level[], dof: number): Tuning {
  const temperatures = levels.map(({ exponent }) => 1 / exponent);
  const scale = new Float64Array(levels.length * dof);
  levels.forEach((level, k) => scale.set(level.scale, k * dof));
  return { ...initTuning(temperatures, dof, 1), stepSize: Float64Array.from(levels, (level) => level.stepSize), scale };
}

/** Each run's walkers where pilots ended, level by level: evenly spaced, since resampling has left copies of a pilot side by side. */
function startsOf(levels: readonly Level[], runs: number, dof: number): Float64Array {
  const x = new Float64Array(runs * levels.length * dof);
  for (let run = 0; run < runs; run++) {
    levels.forEach(({ walkers }, k) => {
      const row = Math.floor((run * walkers.n) / runs);
      x.set(walkers.x.subarray(row * dof, (row + 1) * dof), (run * levels.length + k) * dof);
    });
  }
  return x;
}

/**
 * Chains that start where pilots came from the flow to its target at a temperature. Costs, of target evaluations with gradient, `densities * leapfrogs + 1` a
 * sweep and run, densities counted with the target's; as many without `+ 1` and `leapfrogs` to start; those of `findLevels` for the pilots; without
 * gradient, one a sample.
 * @throws RangeError for a number of sweeps, of those before them or of runs that cannot be, or fewer pilots than runs; Error if flow and target are too far apart;
 * the signal's reason, between sweeps, once it is aborted.
 */
export async function sampleExchange(
  model: Model,
  options: ExchangeSampling,
  stored: RngState,
  signal?: AbortSignal,
): Promise<ExchangeSamples> {
  const { target } = model;
  const { dof } = target;
  const { runs, sweeps, burnIn, pilots, temperature } = options;
  requireWhole("sampleExchange", { runs, sweeps }, 1);
  requireWhole("sampleExchange", { burnIn }, 0);
  if (!(pilots >= runs)) {
    throw new RangeError(`sampleExchange: invalid pilots (got ${pilots} for ${runs} runs), expected at least as many`);
  }
  const space = targetBridge(model, temperature, options.leapfrogs);
  const way = { space, temperature };
  const [pilotWalkers, afterPilots] = await startWalkers(model, way, pilots, stored);
  const [found, afterPath] = await findLevels(space, options, pilotWalkers, afterPilots, true);
  const levels = [...found].reverse();
  const tuning = tuningOf(levels, dof);
  const seeds = createRng(afterPath);
  let state = await initTempering(space, options, startsOf(levels, runs, dof), seeds.integer(2 ** 31));
  let rng = seeds.state();
  const samples = createSamples(runs * sweeps, dof);
  const acceptance = levels.map(() => 0);
  const swaps = levels.slice(1).map(() => ({ sum: 0, turns: 0 }));
  let renewal = 0;
  for (let sweep = -burnIn; sweep < sweeps; sweep++) {
    signal?.throwIfAborted();
    const [fresh, drawn] = await startWalkers(model, way, runs, rng);
    rng = drawn;
    const [next, info] = await stepFlowExchange(space, options, tuning, fresh, state);
    state = next;
    if (sweep < 0) continue;
    info.acceptance.forEach((p, level) => (acceptance[level]! += p / sweeps));
    info.swap.forEach((p, pair) => {
      if (Number.isNaN(p)) return; // not its turn
      swaps[pair]!.sum += p;
      swaps[pair]!.turns++;
    });
    renewal += info.renewal / sweeps;
    for (let run = 0; run < runs; run++) {
      const row = rowAt(state.places, run, 0);
      samples.x.set(state.hmc.walkers.x.subarray(row * dof, (row + 1) * dof), (run * sweeps + sweep) * dof);
    }
  }
  await weighSamples(target, samples, temperature, () => 0);
  return {
    samples,
    runs: new Array<number>(runs).fill(sweeps),
    exponents: levels.map(({ exponent }) => exponent),
    acceptance,
    swap: swaps.map(({ sum, turns }) => sum / turns),
    renewal,
    rng,
  };
}
