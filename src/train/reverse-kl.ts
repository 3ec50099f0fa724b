/** Reverse KL by the reparametrisation gradient (paper, section on reverse KL): E_q[log q - log p] at one temperature. */
import { samplePrior } from "../flow/prior";
import { temperatureInput } from "../flow/temperature";
import { createRng } from "../numerics/random";
import { isValid, logDensity } from "../target/target";
import { initLoss, type LossInfo, type LossOptions, type LossState, stepLoss } from "./loss-step";
import type { Model } from "./model";

/**
 * How many of a batch's highest energies are left out of the loss: clashes whose gradients teach nothing. Half a batch at first keeps a
 * flow out of strained isomers (three hydrogens of a methyl on one side) from which reverse KL finds no way back.
 */
export interface DropSchedule {
  readonly first: number;
  readonly last: number;
  /** Iterations over which the number goes linearly from first to last; 0: last throughout. */
  readonly iterations: number;
}

export interface ReverseKlOptions extends LossOptions {
  readonly temperature: number;
  readonly batch: number;
  readonly drop: DropSchedule;
}

export type ReverseKlState = LossState;

export interface ReverseKlInfo extends LossInfo {
  /** Mean of log q - log p over the samples kept, in kT; its minimum is -log Z. */
  readonly loss: number;
  /** Samples whose energy or density was not finite. */
  readonly invalid: number;
}

export const initReverseKl = initLoss;

/** Weights 1/kept for the samples in the loss, 0 for invalid ones and for the `drop` highest energies. */
function keep(energy: Float64Array, valid: readonly boolean[], drop: number): { weight: Float32Array; kept: number } {
  const order = [...energy.keys()].filter((i) => valid[i]).sort((a, b) => energy[a]! - energy[b]!);
  const members = order.slice(0, Math.max(0, order.length - drop));
  const weight = new Float32Array(energy.length);
  for (const i of members) weight[i] = 1 / members.length;
  return { weight, kept: members.length };
}

/** How many samples an iteration leaves out. */
export function dropCount({ first, last, iterations }: DropSchedule, iteration: number): number {
  return Math.round(iteration < iterations ? first + ((last - first) * iteration) / iterations : last);
}

/** One iteration: sample, evaluate the target with its gradient, update. Costs `batch` target evaluations with gradient. */
export async function stepReverseKl(
  model: Model,
  options: ReverseKlOptions,
  state: ReverseKlState,
): Promise<[ReverseKlState, ReverseKlInfo]> {
  const { target, flow, engine, programs } = model;
  const { temperature, batch } = options;
  const rng = createRng(state.rng);
  const inputs = { z: samplePrior(flow, batch, rng), ...temperatureInput(flow, temperature, batch) };
  const [next, info] = await stepLoss(engine, options, state, async (update) => {
    const told = { invalid: 0, loss: NaN };
    await engine.gradient(programs.reverseKl, inputs, batch, async ({ x, logQ }) => {
      const { energy, logDet, gradient } = await target.gradients(x!, batch, temperature);
      const valid = Array.from(energy, (u, i) => isValid(u, logDet[i]!));
      const { weight, kept } = keep(energy, valid, dropCount(options.drop, state.iteration));
      told.invalid = valid.filter((v) => !v).length;
      if (kept === 0) return null;
      told.loss = 0;
      for (let i = 0; i < batch; i++) {
        if (weight[i]! > 0) told.loss += (logQ![i]! - logDensity(target, energy[i]!, logDet[i]!, temperature)) / kept;
      }
      return { g: gradient, weight };
    });
    if (Number.isNaN(told.loss)) return { ...told, gradientNorm: NaN, applied: false };
    return { ...told, ...(await engine.update(update)) };
  });
  return [{ ...next, rng: rng.state() }, info];
}
