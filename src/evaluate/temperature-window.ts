/** Which of the samples of a flow that is told temperatures speak for one temperature: those drawn near it, weighted for it. */
import { logWeights, type Samples, takeSamples } from "../target/samples";
import type { Target } from "../target/target";
import { effectiveSamples } from "./ess";

/** Windows are halved no further: below that few samples are left. */
const LEAST = 64;

/**
 * Samples drawn at less than this share of a temperature do not count there. In a harmonic well their weights have no variance from a half downwards: the
 * few that reach far enough are missing as a rule, and then neither the mean of the weights nor their ESS tells.
 */
const COLDEST = 0.75;

/**
 * The samples drawn nearest to a temperature (in log T): all that may count, or a half of them, a quarter, ..., whichever gives the most effective samples.
 * Any number gives an unbiased estimate, for each sample has the weight of the density that it was drawn from; far ones weigh little. In their order.
 * Samples of one temperature, or of a flow that knows none, are returned as they are.
 */
export function samplesNear(target: Pick<Target, "boltzmann">, samples: Samples, temperature: number): Samples {
  const { temperatures, n } = samples;
  if (!temperatures?.some((t) => t !== temperatures[0])) return samples;
  const distance = temperatures.map((t) =>
    t < COLDEST * temperature ? Infinity : Math.abs(Math.log(t / temperature)),
  );
  const sorted = distance.filter(Number.isFinite).sort();
  const weights = logWeights(target, samples, temperature);
  let [most, widest] = [-1, -Infinity];
  for (let count = sorted.length; count >= Math.min(LEAST, sorted.length) && count > 0; count = Math.floor(count / 2)) {
    const reach = sorted[count - 1]!;
    const effective = effectiveSamples(weights.filter((_, i) => distance[i]! <= reach));
    if (effective > most) [most, widest] = [effective, reach];
  }
  const near = Array.from(distance.keys()).filter((i) => distance[i]! <= widest);
  return near.length === n ? samples : takeSamples(samples, near);
}
