/**
 * Weights for a range of temperatures at once: how the range that a flow is told of grows downwards, as a rung leads an ordinary flow to the next
 * temperature.
 *
 * The samples were drawn at temperatures T spread over [from, hot]; each is weighted for the temperature T' at the same share of [to, hot], with
 * p(x | T') / q(x | T), normalised at T'. The pairs (x, T') then have the density p(x | T') at temperatures spread as the rows are, and maximum likelihood on them fits
 * all temperatures. Near `hot` T' is close to T: a step weighs no more than the ladder's own, and what is known already is rehearsed. Where
 * `to` = `from` it is a refinement of the whole range.
 */
import { shareOfRow, temperatureAt, type TemperatureRange } from "../flow/temperature";
import { logMeanExp } from "../numerics/logsumexp";
import { logWeight, type Samples } from "../target/samples";
import type { Target } from "../target/target";

/** A weight for every sample, and what it is a weight for. */
export interface RangeWeights {
  /** T' of each sample. */
  readonly temperatures: Float64Array;
  /** log of p(x | T') / q(x | T), p normalised. */
  readonly logWeights: Float64Array;
}

/** Intervals between which log Z is a line in log T: of 60 dof over [300, 1200] K its curve leaves the line by a hundredth. */
const INTERVALS = 32;

/** The one that a share lies in. */
const intervalOf = (share: number): number => Math.min(INTERVALS - 1, Math.floor(share * INTERVALS));

/** log Z at equal shares of the range, each from the samples within an interval of it. Any sample will do for any temperature, the near ones do it well. */
function logZAtShares(target: Pick<Target, "boltzmann">, samples: Samples, range: TemperatureRange): Float64Array {
  const near = Array.from({ length: INTERVALS + 1 }, (): number[] => []);
  const temperatures = near.map((_, k) => temperatureAt(range, k / INTERVALS));
  for (let i = 0; i < samples.n; i++) {
    const below = intervalOf(shareOfRow(i));
    for (const k of [below, below + 1]) near[k]!.push(logWeight(target, samples, i, temperatures[k]!));
  }
  return Float64Array.from(near, logMeanExp);
}

/** @param samples those of a room, from its first row on: their shares of the range are those of their rows. No target evaluation. */
export function rangeWeights(
  target: Pick<Target, "boltzmann">,
  samples: Samples,
  range: TemperatureRange,
): RangeWeights {
  const logZ = logZAtShares(target, samples, range);
  const temperatures = new Float64Array(samples.n);
  const logWeights = new Float64Array(samples.n);
  for (let i = 0; i < samples.n; i++) {
    const share = shareOfRow(i);
    const below = intervalOf(share);
    const part = share * INTERVALS - below;
    temperatures[i] = temperatureAt(range, share);
    const weight = logWeight(target, samples, i, temperatures[i]!);
    // A sample with a weight is among those of both log Z beside it, which then are finite.
    logWeights[i] = weight === -Infinity ? weight : weight - (1 - part) * logZ[below]! - part * logZ[below + 1]!;
  }
  return { temperatures, logWeights };
}
