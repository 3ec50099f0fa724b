/** More from a trained flow than its samples are worth, for evaluations of the target. */
import { chainsOf, effectiveSampleSize } from "../sample/chains";
import { AIS_SAMPLING, type AisSamples, type AisSampling, type AisWatch, sampleAis } from "../train/ais";
import { type ExchangeSamples, type ExchangeSampling, FLOW_EXCHANGE, sampleExchange } from "../train/flow-exchange";
import type { Run } from "./run";

/**
 * Samples of the flow, led to its target at a temperature by annealed importance sampling: a larger share is effective, for `2 + densities * leapfrogs` target
 * evaluations each.
 * @example const { samples } = await annealSamples(run, 20_000, { temperature: 300 });
 */
export async function annealSamples(
  run: Run,
  n: number,
  { signal, onSamples, ...options }: Partial<AisSampling> & Pick<AisSampling, "temperature"> & AisWatch,
): Promise<AisSamples> {
  const watch = { signal, onSamples };
  const made = await sampleAis(run.setup.model, n, { ...AIS_SAMPLING, ...options }, run.rng, watch);
  run.rng = made.rng;
  return made;
}

/** What chains of a flow-aided replica exchange are worth. */
export interface Exchanged extends ExchangeSamples {
  /** Effective samples, by the energy and by whether a walker is in each of the run's basins; NaN for a basin that no walker enters or leaves. */
  readonly effective: Readonly<Record<string, number>>;
}

/**
 * Chains at a temperature, each beside others on the densities between flow and target, to which fresh samples of the flow are offered. Costs
 * `densities * leapfrogs + 2` target evaluations a sample, of which neighbours in a chain are alike, and what comes before the first (`sampleExchange`).
 * @example const { samples, effective } = await exchangeSamples(run, { temperature: 300, sweeps: 200 });
 */
export async function exchangeSamples(
  run: Run,
  {
    signal,
    ...options
  }: Partial<ExchangeSampling> & Pick<ExchangeSampling, "temperature" | "sweeps"> & { readonly signal?: AbortSignal },
): Promise<Exchanged> {
  const { model, basins } = run.setup;
  if (!(options.sweeps >= 4)) {
    throw new RangeError(
      `exchangeSamples: invalid sweeps (got ${options.sweeps}), expected at least 4: fewer tell nothing of what they are worth`,
    );
  }
  const made = await sampleExchange(model, { ...FLOW_EXCHANGE, ...options }, run.rng, signal);
  run.rng = made.rng;
  const { samples, runs } = made;
  const worth = (of: (row: number) => number): number => effectiveSampleSize(chainsOf(runs.length, options.sweeps, of));
  const effective = {
    energy: worth((row) => samples.energy[row]!),
    ...Object.fromEntries(
      basins.map(({ name, contains }) => [name, worth((row) => (contains(samples.x, row * samples.dof) ? 1 : 0))]),
    ),
  };
  return { ...made, effective };
}
