/** Samples of a flow, led to the target by annealed importance sampling: more of them are effective, for evaluations of the target. */
import type { RngState } from "../numerics/random";
import { requireWhole } from "../numerics/whole";
import { annealedImportance, type AisOptions, type AisPath } from "../sample/annealed-importance";
import { findPath, type PathOptions } from "../sample/ais-path";
import { createSamples, type Samples, samplesBetween } from "../target/samples";
import { targetBridge } from "./bridge";
import { startOnPath, startWalkers, weighSamples } from "./flow-walkers";
import type { Model } from "./model";

export interface AisSampling extends AisOptions, PathOptions {
  readonly temperature: number;
  /** Walkers that find the path. */
  readonly pilots: number;
  /** Samples of the flow for each walker, from which they are resampled where they set out (`startOnPath`); 1: each its own. */
  readonly draws: number;
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
  draws: 1,
  block: 10_000,
};

export interface AisSamples {
  /**
   * Where the walkers ended. `logQ` is log p~ less the log weight that they have gathered, not a density of x, so that `logWeights`, and with it all
   * metrics, are right at the temperature they were led to, and only there.
   */
  readonly samples: Samples;
  readonly path: AisPath;
  /** Mean probability of acceptance at each density, of the walkers that came by; NaN where all set out beyond it. */
  readonly acceptance: readonly number[];
  /** Different samples of the flow from which the walkers come: as many, unless they were resampled. */
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
 * the path 1 + densities * (1 + tries * leapfrogs) a pilot; without, one a sample, and `draws` more where they are several: densities that are behind the
 * walkers where they set out cost nothing.
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
  const { pilots, block, draws, temperature } = options;
  requireWhole("sampleAis", { n, pilots, block, draws }, 1);
  const space = targetBridge(model, temperature, options.leapfrogs);
  const way = { space, temperature };
  const [pilotWalkers, afterPilots] = await startWalkers(model, way, pilots, stored);
  const [path, afterPath] = await findPath(space, options, pilotWalkers, afterPilots);
  let rng = afterPath;
  const samples = createSamples(n, target.dof);
  const steps = path.exponents.map(() => ({ accepted: 0, walkers: 0 }));
  let ancestors = 0;
  for (let from = 0; from < n; from += block) {
    signal?.throwIfAborted();
    const count = Math.min(block, n - from);
    const start = await startOnPath(model, way, path, { n: count, draws }, rng);
    const end = await annealedImportance(space, options, start.walkers, start.path, start.rng, start.departure);
    rng = end.rng;
    const place = samplesBetween(samples, from, from + count);
    place.x.set(end.walkers.x);
    await weighSamples(target, place, temperature, (row) => end.logWeights[row]!);
    end.acceptance.forEach((a, k) => {
      const step = steps.at(k - end.acceptance.length)!;
      step.accepted += a * count;
      step.walkers += count;
    });
    ancestors += new Set(end.ancestors.map((i) => start.origins[i]!)).size;
    onSamples?.(from + count);
  }
  const acceptance = steps.map(({ accepted, walkers }) => accepted / walkers);
  return { samples, path, acceptance, ancestors, rng };
}
