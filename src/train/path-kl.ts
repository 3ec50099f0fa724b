/**
 * Refinement by path gradients (Vaitl et al. 2022, arXiv 2207.08219, and 2024, arXiv 2403.15881): forward KL, estimated on the flow's own weighted
 * samples, that learns from the force at every sample and not from its place alone.
 *
 * With x = f(z), the path gradient of KL(q || p) is the mean over q of (grad log q - grad log p)(x) . df(z); that of KL(p || q) is the mean of the same
 * over p, for dz at a fixed x is -(df/dz)^-1 df at a fixed z. The weights p / q choose the second: clashes have no say, whose forces would drown all else.
 *
 * It sees shapes and not populations: where log p - log q is one number in each of two basins, both forces agree, and only the few samples between them
 * tell that one basin is too light. Maximum likelihood on the same samples, which has the same mean, sees populations and not forces. So the step
 * goes along the mean of both.
 *
 * What it did, one trial each. On alanine dipeptide, from an ESS of 84.6 %: 500 steps 85.9 % (the path gradient alone 86.2, maximum likelihood alone 85.2),
 * all at a rate of 1e-4; at 3e-4 the ESS falls at first. On the tetrapeptide, from 28.0 %: 1,500 steps 30.0 % (alone, 2,500 steps: 29.9 %), and the
 * EUBO from -331.5 to -333.2 kT (-333.4), but the sampled share of phi1 > 0 from 1.36 to 0.70 % (0.61 %; in truth 2.6 %; reweighted from 1.3 to 1.8 %
 * and 2.6 %): its weights are large, and `maxWeight` cut them at 5 means. On points that chains met, whose weights are one, it does no better: the hexapeptide, ESS 9.9 %, 700
 * steps at 2e-4 on 60,000 points: 5.6 % (and a fold with 0.8 % of the truth, of which the flow sampled 0.28 %, at 0.06).
 */
import { effectiveSamples } from "../evaluate/ess";
import { samplePrior } from "../flow/prior";
import { temperatureInput } from "../flow/temperature";
import { expScaled } from "../numerics/logsumexp";
import { createRng } from "../numerics/random";
import { logWeights } from "../target/samples";
import type { ForwardKlOptions } from "./forward-kl";
import { initLoss, type LossInfo, type LossState, stepLoss } from "./loss-step";
import type { Model } from "./model";

export interface PathKlOptions extends ForwardKlOptions {
  readonly temperature: number;
  /** Largest weight of a sample, in means of its batch: what is cut there, rare basins lose. */
  readonly maxWeight: number;
}

export type PathKlState = LossState;

export interface PathKlInfo extends LossInfo {
  /** Mean of log p - log q over the weighted batch, in nats: an estimate of the EUBO, whose minimum is log Z. */
  readonly loss: number;
  /** Of the batch, as a share of it: before the step, and with the weights as they are. */
  readonly ess: number;
}

export const initPathKl = initLoss;

/** Weights p / q with a sum of 1, none above `most` means, of at least one that is not zero. */
function normalise(logWeights: Float64Array, most: number): Float32Array {
  const sum = (v: Float64Array): number => v.reduce((a, b) => a + b, 0);
  const plain = expScaled(logWeights);
  const bound = (most * sum(plain)) / plain.length;
  const bounded = plain.map((w) => Math.min(w, bound));
  const total = sum(bounded);
  return Float32Array.from(bounded, (w) => w / total);
}

/** One iteration on fresh samples. Costs `batch` target evaluations with gradient. */
export async function stepPathKl(
  model: Model,
  options: PathKlOptions,
  state: PathKlState,
): Promise<[PathKlState, PathKlInfo]> {
  const { target, flow, engine, programs } = model;
  const { temperature, batch, maxWeight } = options;
  const rng = createRng(state.rng);
  const z = samplePrior(flow, batch, rng);
  const c = temperatureInput(flow, temperature, batch);
  const [next, info] = await stepLoss(engine, options, state, async (update) => {
    const told = { loss: NaN, ess: 0 };
    await engine.gradient(programs.pathKl, { z, ...c }, batch, async ({ x, logQ }) => {
      const { gradient, ...energies } = await target.gradients(x!, batch, temperature);
      const { slope } = await engine.evaluate(programs.logProbSlope, { x: x!, ...c }, batch);
      const samples = { n: batch, dof: flow.dof, x: x!, logQ: Float64Array.from(logQ!), ...energies };
      const weights = logWeights(target, samples, temperature);
      told.ess = effectiveSamples(weights) / batch;
      if (told.ess === 0) return null;
      const weight = normalise(weights, maxWeight);
      told.loss = weight.reduce((sum, w, i) => (w > 0 ? sum + w * weights[i]! : sum), 0);
      return { g: gradient.map((force, k) => force / 2 - slope![k]!), weight };
    });
    if (Number.isNaN(told.loss)) return { ...told, gradientNorm: NaN, applied: false };
    return { ...told, ...(await engine.update(update)) };
  });
  return [{ ...next, rng: rng.state() }, info];
}
