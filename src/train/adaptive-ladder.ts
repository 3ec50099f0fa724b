/** Ladders spaced by what samples at hand measure instead of by a formula: every step has the ESS that is wanted (as in adaptive tempered SMC). */
import { logSumExp } from "../numerics/logsumexp";
import { requireWhole } from "../numerics/whole";
import { logWeights, type Samples } from "../target/samples";
import type { Target } from "../target/target";
import { temperatureForEss } from "./forecast";
import { checkLadder } from "./ladder";

/** ESS of weighting the distribution at one temperature to another, as a share. */
export type EssBetween = (from: number, to: number) => number;

/**
 * Measures the ESS of steps on samples of a flow, which are weighted to the temperature where the step begins. No target evaluation.
 * Good down to temperatures to which many of the samples still count: `reverseEss` says how many.
 */
export function measureSteps(target: Pick<Target, "boltzmann">, samples: Samples): EssBetween {
  return (from, to) => {
    const start = logWeights(target, samples, from);
    const end = logWeights(target, samples, to);
    // With v = end / start, the ESS under the weights `start` is (sum end)^2 / (sum start * sum start v^2).
    const squares = end.map((weight, i) => (weight === -Infinity ? -Infinity : 2 * weight - start[i]!));
    return Math.exp(2 * logSumExp(end) - logSumExp(start) - logSumExp(squares));
  };
}

/**
 * A ladder each of whose steps has the wanted ESS, the last one at least; then the refinements.
 * @param essBetween of a step: `measureSteps(target, samples)`, or a closed form.
 * @example ladderForEss(measureSteps(run.setup.target, samples), { from: 30, to: 1, ess: 0.7 })
 * @throws RangeError if a step of a thousandth of the temperature has not that ESS.
 */
export function ladderForEss(
  essBetween: EssBetween,
  {
    from,
    to,
    ess,
    refinements = 1,
  }: { readonly from: number; readonly to: number; readonly ess: number; readonly refinements?: number },
): number[] {
  if (!(ess > 0 && ess < 1)) {
    throw new RangeError(`ladderForEss: invalid ESS (got ${ess}), expected a share between 0 and 1`);
  }
  checkLadder([from, to]);
  requireWhole("ladderForEss", { refinements }, 0);
  const ladder = [from];
  for (let at = from; at > to; ladder.push(at)) {
    const next = temperatureForEss((temperature) => essBetween(at, temperature), { from: at, to, ess });
    if (!(next < at)) {
      throw new RangeError(
        `ladderForEss: invalid ESS (got ${ess}, which no step from ${at.toPrecision(4)} has), expected a smaller one, or samples that still count there`,
      );
    }
    at = next;
  }
  return [...ladder, ...new Array<number>(refinements).fill(to)];
}
