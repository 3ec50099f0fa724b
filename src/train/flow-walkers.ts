/** Walkers between a flow and its target: where they start, and the samples that they are where they end. */
import { samplePrior } from "../flow/prior";
import { temperatureInput } from "../flow/temperature";
import { createRng, type RngState } from "../numerics/random";
import type { Space } from "../sample/space";
import { placeWalkers, type Walkers } from "../sample/walkers";
import type { Samples } from "../target/samples";
import { logDensity, type Target } from "../target/target";
import type { Model } from "./model";

/** n walkers on fresh samples of the flow. */
export async function startWalkers(
  { flow, engine, programs }: Model,
  { space, temperature }: { readonly space: Space; readonly temperature: number },
  n: number,
  stored: RngState,
): Promise<readonly [Walkers, RngState]> {
  const rng = createRng(stored);
  const inputs = { z: samplePrior(flow, n, rng), ...temperatureInput(flow, temperature, n) };
  const { x } = await engine.evaluate(programs.sample, inputs, n);
  return [await placeWalkers(space, Float64Array.from(x!)), rng.state()];
}

/**
 * Fills in what follows from the x of samples whose log weights at a temperature are known: `logQ` is then log p~ less the weight. Costs a target
 * evaluation each.
 * @param logWeight of a row
 */
export async function weighSamples(
  target: Target,
  samples: Samples,
  temperature: number,
  logWeight: (row: number) => number,
): Promise<void> {
  const { energy, logDet } = await target.energies(samples.x, samples.n);
  samples.energy.set(energy);
  samples.logDet.set(logDet);
  samples.logQ.set(energy.map((u, row) => logDensity(target, u, logDet[row]!, temperature) - logWeight(row)));
}
