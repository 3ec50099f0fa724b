/** Samples of a flow, led to the target by annealed importance sampling: more of them are effective, for evaluations of the target. */
import type { RngState } from "../numerics/random";
import { annealedImportance, type AisOptions, type AisPath } from "../sample/annealed-importance";
import { findPath, type PathOptions } from "../sample/ais-path";
import { createSamples, type Samples, samplesBetween } from "../target/samples";
import { targetBridge } from "./bridge";
import { startWalkers, weighSamples } from "./flow-walkers";
import type { Model } from "./model";

export interface AisSampling extends AisOptions, PathOptions {
  readonly temperature: number;
  /** Walkers that find the path. */
  readonly pilots: number;
  /** Walkers that go together; resampling, if any, is among them. */
  readonly block: number;
}

/** Five leapfrog steps at every density, of which 80 % of the walkers are effective after each step. */
export const AIS_SAMPLING: Omit<AisSampling, "temperature"> = {
  leapfrogs: 5,
  jitter: 0.2,
  keep: 0.8,
  acceptance: 0.8,
  tries: 10,
  most: 100,
  resampleBelow: 0,
  pilots: 1000,
  block: 10_000,
};

export interface AisSamples {
  /**
   * Where the walkers ended. `logQ` is log p~ less the log weight that they have gathered, not a density of x, so that `logWeights`, and with it all
   * metrics, are right at the temperature they were led to, and only there.
   */
  readonly samples: Samples;
  readonly path: AisPath;
  /** Mean probability of acceptance at each density. */
  readonly acceptance: readonly number[];
  /** Different starts among the walkers: all, unless they were resampled. */
  readonly ancestors: number;
  readonly rng: RngState;
}

export interface AisWatch {
  readonly signal?: AbortSignal | undefined;
  /** Is told after every block how many samples there are. */
  readonly onSamples?: ((done: number) => void) | undefined;
}

/**
 * n samples of the flow, led to its target at a temperature. Costs, of target evaluations with gradient, 1 + densities * leapfrogs a sample, and for
 * the path 1 + densities * (1 + tries * leapfrogs) a pilot; without, one a sample.
 * @throws RangeError for a count that is none; Error if flow and target are too far apart; the signal's reason, between blocks, once it is aborted.
 */
export async function sampleAis(
  model: Model,
  n: number,
  options: AisSampling,
  stored: RngState,
  { signal, onSamples }: AisWatch = {},
): Promise<AisSamples> {
  const { target } = model;
  const { pilots, block, temperature } = options;
  for (const [name, count] of Object.entries({ n, pilots, block })) {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      throw new RangeError(`sampleAis: invalid ${name} (got ${count}), expected a whole number from 1`);
    }
  }
  const space = targetBridge(model, temperature, options.leapfrogs);
  const way = { space, temperature };
  const [pilotWalkers, afterPilots] = await startWalkers(model, way, pilots, stored);
  const [path, afterPath] = await findPath(space, options, pilotWalkers, afterPilots);
  let rng = afterPath;
  const samples = createSamples(n, target.dof);
  const acceptance = path.exponents.map(() => 0);
  let ancestors = 0;
  for (let from = 0; from < n; from += block) {
    signal?.throwIfAborted();
    const count = Math.min(block, n - from);
    const [start, drawn] = await startWalkers(model, way, count, rng);
    const end = await annealedImportance(space, options, start, path, drawn);
    rng = end.rng;
    const place = samplesBetween(samples, from, from + count);
    place.x.set(end.walkers.x);
    await weighSamples(target, place, temperature, (row) => end.logWeights[row]!);
    end.acceptance.forEach((a, level) => (acceptance[level]! += (a * count) / n));
    ancestors += new Set(end.ancestors).size;
    onSamples?.(from + count);
  }
  return { samples, path, acceptance, ancestors, rng };
}
