/** Walkers between a flow and its target: where they start, and the samples that they are where they end. */
import { effectiveSamples } from "../evaluate/ess";
import { samplePrior } from "../flow/prior";
import { temperatureInput, toldAt } from "../flow/temperature";
import { logMeanExp } from "../numerics/logsumexp";
import { createRng, type RngState } from "../numerics/random";
import { resampleSystematic } from "../numerics/resample";
import { takeRows } from "../numerics/rows";
import { type AisPath, type Departure, FROM_THE_FIRST, logGain } from "../sample/annealed-importance";
import type { Space } from "../sample/space";
import { placeWalkers, type Walkers } from "../sample/walkers";
import { logWeights, type Samples } from "../target/samples";
import { logDensity, type Target } from "../target/target";
import { type Model, sampleFlow } from "./model";

/** From a flow to its target. */
interface Way {
  readonly space: Space;
  readonly temperature: number;
}

/** n walkers on fresh samples of the flow. */
export async function startWalkers(
  { flow, engine, programs }: Model,
  { space, temperature }: Way,
  n: number,
  stored: RngState,
): Promise<readonly [Walkers, RngState]> {
  const rng = createRng(stored);
  const inputs = { z: samplePrior(flow, n, rng), ...temperatureInput(flow, temperature, n) };
  const { x } = await engine.evaluate(programs.sample, inputs, n);
  return [await placeWalkers(space, Float64Array.from(x!)), rng.state()];
}

/** Walkers on a path, and what of it is before them. */
export interface OnPath {
  readonly walkers: Walkers;
  readonly departure: Departure;
  readonly path: AisPath;
  /** [n]: which draw each walker is. */
  readonly origins: ArrayLike<number>;
  readonly rng: RngState;
}

/**
 * n walkers, resampled from `draws` times as many samples of the flow, on the last density of a path at which n of these are effective. What weighs much but is met
 * seldom is then there in its share: a sample costs one target evaluation, a walker one with gradient at every step of the way. Where no density is between flow and
 * target each walker is a sample of its own.
 */
export async function startOnPath(
  model: Model,
  way: Way,
  path: AisPath,
  { n, draws }: { readonly n: number; readonly draws: number },
  stored: RngState,
): Promise<OnPath> {
  const { exponents, stepSizes, scales } = path;
  if (draws === 1 || exponents.length === 0) {
    const [walkers, rng] = await startWalkers(model, way, n, stored);
    return { walkers, departure: FROM_THE_FIRST, path, origins: walkers.energy.map((_, i) => i), rng };
  }
  const rng = createRng(stored);
  const drawn = await sampleFlow(model, draws * n, rng, toldAt(model.flow, way.temperature));
  const energy = logWeights(model.target, drawn, way.temperature).map((weight) => -weight);
  const level = exponents.filter((exponent) => effectiveSamples(logGain(energy, exponent)) >= n).length - 1;
  const exponent = exponents[level] ?? 0;
  const chosen = logGain(energy, exponent);
  const origins = resampleSystematic(chosen, n, rng);
  const walkers = await placeWalkers(way.space, Float64Array.from(takeRows(drawn.x, drawn.dof, origins)));
  const ahead = Math.max(0, level);
  const rest = { exponents: exponents.slice(ahead), stepSizes: stepSizes.slice(ahead), scales: scales.slice(ahead) };
  return { walkers, departure: { exponent, logWeight: logMeanExp(chosen) }, path: rest, origins, rng: rng.state() };
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
