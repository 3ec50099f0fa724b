/**
 * What a ladder will cost before it is run. With a constant heat capacity c (in k) the partition function is Z(T) ~ T^c, as it is
 * for 2c harmonic modes, and the overlap and the effective sample size between two temperatures are closed forms in c and their ratio.
 */
import { clipLogWeights, effectiveSamples } from "../evaluate/ess";
import { logWeights, type Samples } from "../target/samples";
import { isValid, type Target } from "../target/target";
import { checkLadder } from "./ladder";

/** A step of a ladder, for a flow that samples `from` exactly; a real one reaches less. */
export interface RungForecast {
  readonly from: number;
  readonly to: number;
  /** Bhattacharyya coefficient of the two distributions: 1 if they are one, 0 if nothing is common to them. */
  readonly overlap: number;
  /** Reverse ESS of weighting one to the other, as a share. */
  readonly ess: number;
}

/** A ladder with what is expected of each of its steps. */
export interface LadderForecast {
  readonly ladder: readonly number[];
  /** In k: the energy's variance over (kT)^2. */
  readonly heatCapacity: number;
  readonly rungs: readonly RungForecast[];
}

/** A few heavy samples of a half-trained flow would be all that the variance sees; a forecast may be biased a little instead. */
const CLIP = 0.01;

/**
 * The variance of the potential energy over (kT)^2, from samples of a flow weighted to their temperature; half the number of harmonic modes.
 * @throws RangeError if fewer than two samples carry the weight.
 */
export function heatCapacity(target: Pick<Target, "boltzmann">, samples: Samples, temperature: number): number {
  const weights = clipLogWeights(logWeights(target, samples, temperature), CLIP);
  if (!(effectiveSamples(weights) >= 2)) {
    throw new RangeError(
      `heatCapacity: missing samples (got ${samples.n} with less than 2 effective at ${temperature}), expected samples of a flow trained there`,
    );
  }
  const largest = weights.reduce((most, weight) => Math.max(most, weight), -Infinity);
  let [total, mean, squares] = [0, 0, 0];
  for (let i = 0; i < samples.n; i++) {
    if (!isValid(samples.energy[i]!, samples.logDet[i]!)) continue;
    // West's weighted update: energies are large against their spread.
    const weight = Math.exp(weights[i]! - largest);
    if (weight === 0) continue;
    total += weight;
    const apart = samples.energy[i]! - mean;
    mean += (weight / total) * apart;
    squares += weight * apart * (samples.energy[i]! - mean);
  }
  return squares / total / (target.boltzmann * temperature) ** 2;
}

function checkCapacity(place: string, capacity: number): void {
  if (capacity > 0 && capacity < Infinity) return;
  throw new RangeError(
    `${place}: invalid heat capacity (got ${capacity}), expected a positive number; heatCapacity(target, samples, temperature) measures it`,
  );
}

/**
 * Overlap and ESS of every step of a ladder: [2 sqrt(r) / (1 + r)]^c and [1 - (1 - r)^2]^c with r = to / from.
 * @throws RangeError if it is no ladder or the heat capacity is not positive.
 */
export function forecastLadder(ladder: readonly number[], capacity: number): LadderForecast {
  checkCapacity("forecastLadder", capacity);
  const temperatures = checkLadder(ladder);
  const rungs = temperatures.slice(1).map((to, i) => {
    const from = temperatures[i]!;
    const ratio = to / from;
    const overlap = ((2 * Math.sqrt(ratio)) / (1 + ratio)) ** capacity;
    return { from, to, overlap, ess: (1 - (1 - ratio) ** 2) ** capacity };
  });
  return { ladder: temperatures, heatCapacity: capacity, rungs };
}

/**
 * The lowest temperature that samples of `from` can be weighted to with this ESS, by the same closed form: a constant ratio.
 * @throws RangeError for a heat capacity that is not positive, or an ESS that is no share.
 */
export function forecastStep(from: number, capacity: number, ess: number): number {
  if (!(ess > 0 && ess < 1)) {
    throw new RangeError(`forecastStep: invalid ESS (got ${ess}), expected a share between 0 and 1`);
  }
  checkCapacity("forecastStep", capacity);
  return from * (1 - Math.sqrt(1 - ess ** (1 / capacity)));
}

/**
 * The lowest temperature from `to` up whose ESS, as `essAt` measures it on samples at hand, is still `ess`: how an adaptive ladder
 * takes its next step (bisection in log T, as in adaptive tempered SMC). `from` itself if none is.
 * @throws RangeError if these are no two temperatures, the hotter one first.
 */
export function temperatureForEss(
  essAt: (temperature: number) => number,
  { from, to, ess }: { readonly from: number; readonly to: number; readonly ess: number },
): number {
  checkLadder([from, to]);
  if (essAt(to) >= ess) return to;
  let [enough, short] = [from, to];
  // Ratios below a thousandth do not matter.
  while (enough / short > 1.001) {
    const middle = Math.sqrt(enough * short);
    if (essAt(middle) >= ess) enough = middle;
    else short = middle;
  }
  return enough;
}
