/** Weights as figures and tables use them. */
import { clipLogWeights, effectiveSamples, PAPER_CLIP, reverseEss } from "../evaluate/ess";
import { estimateLogZ } from "../evaluate/logz";
import { expScaled } from "../numerics/logsumexp";
import { createRng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import type { Target } from "../target/target";
import { table, type Table } from "./tables";

/** exp(log weight), the largest 1, clipped as in the metrics; 0 for invalid samples. */
export function relativeWeights(logWeights: ArrayLike<number>): Float64Array {
  return expScaled(clipLogWeights(logWeights, PAPER_CLIP));
}

/** What samples by different ways are worth at a temperature: ESS as the paper has it and with no weight cut, and log Z. */
export function weightsTable(
  target: Pick<Target, "boltzmann">,
  ways: Readonly<Record<string, Samples>>,
  temperature: number,
): Table {
  const rows = Object.entries(ways).map(([name, samples]) => {
    const weights = logWeights(target, samples, temperature);
    const effective = effectiveSamples(weights);
    return {
      samples: name,
      n: samples.n,
      ESS: reverseEss(weights),
      "no weight cut": effective / samples.n,
      effective: Math.round(effective),
      "log Z": estimateLogZ(weights, createRng(1)),
    };
  });
  return table(rows, { format: { ESS: "percent", "no weight cut": "percent" } });
}
