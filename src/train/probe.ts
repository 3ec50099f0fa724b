/**
 * How far down a steered flow reaches, asked before a rung is drawn. Its samples are drawn at the temperature that they are wanted at, so that those at hand do not tell what
 * others would be worth; a few at every temperature that bisection tries do.
 */
import { clipLogWeights, reverseEss } from "../evaluate/ess";
import { createRng, type RngState } from "../numerics/random";
import { logWeights } from "../target/samples";
import { type Model, sampleFlow } from "./model";
import { isStep } from "./rung";

export interface Probed {
  readonly temperature: number;
  /** Of the target. */
  readonly evaluations: number;
}

/** Samples at a temperature: an ESS of 0.2 is then known to some percent of itself, and of one of some percent there are a hundred effective samples. */
const PROBE = 8192;
/**
 * Share of the weights that is cut to the smallest of them, four: an ESS cuts a hundredth of a percent, here none, and a single sample decided. Alanine dipeptide at 849 K,
 * of ESS 51 %, reached nothing colder so.
 */
const CLIP = 4 / PROBE;
/** Ratios of temperatures that so few samples do not tell apart. */
const CLOSE = 1.05;
/** Share of its ESS that a flow keeps in a step where it has less than is aimed at: what one rung loses the next has to learn again, from so many fewer samples. */
const KEPT = 0.8;

/** What a probe is to find. */
export interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly ess: number;
  /** Less is not learned from. */
  readonly floor: number;
}

/**
 * The lowest temperature from `to` up at which the flow's own samples have this ESS; if that is no step, because the flow has hardly more where it is, four fifths of what it
 * has there; `from` if that is below the floor. One seed at all of them: what differs is the temperature alone.
 * @param rng is not moved on: a rung whose samples are lost probes and draws again as it did
 */
export async function probeTemperature(model: Model, rng: RngState, { from, to, ess, floor }: Wanted): Promise<Probed> {
  // With one seed the answer at a temperature is always the same: it is paid for once.
  const asked = new Map<number, number>();
  const essAt = async (temperature: number): Promise<number> => {
    const known = asked.get(temperature);
    if (known !== undefined) return known;
    const samples = await sampleFlow(model, PROBE, createRng(rng), { temperature });
    const ess = reverseEss(clipLogWeights(logWeights(model.target, samples, temperature), CLIP));
    asked.set(temperature, ess);
    return ess;
  };
  // `temperatureForEss` for an ESS that has to be waited for.
  const lowest = async (least: number): Promise<number> => {
    if ((await essAt(to)) >= least) return to;
    let [enough, short] = [from, to];
    while (enough / short > CLOSE) {
      const middle = Math.sqrt(enough * short);
      if ((await essAt(middle)) >= least) enough = middle;
      else short = middle;
    }
    return enough;
  };
  let temperature = await lowest(ess);
  if (!isStep({ from, to: temperature, wanted: to })) {
    const kept = KEPT * (await essAt(from));
    if (kept >= floor) temperature = await lowest(kept);
  }
  return { temperature, evaluations: PROBE * asked.size };
}
