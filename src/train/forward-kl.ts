/** Forward KL: maximum likelihood on a buffer of points, the inner loop of annealing (paper eq. for the annealing loss). */
import { temperatureInput } from "../flow/temperature";
import { createRng } from "../numerics/random";
import { takeRows } from "../numerics/rows";
import { mean } from "../sample/chains";
import { densityWeights, type KnownDensities } from "./known-density";
import { initLoss, type LossInfo, type LossOptions, type LossState, stepLoss } from "./loss-step";
import type { Model } from "./model";

export interface ForwardKlOptions extends LossOptions {
  readonly batch: number;
}

/** Points to learn from, equally weighted. */
export interface Buffer {
  readonly x: Float32Array;
  readonly dof: number;
  /** Rows of `x`, some more than once, that a resampling chose; without it every row counts once. */
  readonly picks?: Uint32Array;
  /** Of each row of x: then it weighs by them, otherwise as every other, as in the paper. */
  readonly densities?: KnownDensities;
  /** The temperature that each row of x is learned at, or all: of a flow that is told temperatures; others do not look. */
  readonly temperatures?: number | Float64Array;
}

export type ForwardKlState = LossState;

export interface ForwardKlInfo extends LossInfo {
  /** Mean of -log q over the batch, in nats. */
  readonly loss: number;
}

export const initForwardKl = initLoss;

/** One iteration on a batch drawn from the buffer with replacement. Costs no target evaluation. */
export async function stepForwardKl(
  { engine, programs, flow }: Model,
  { x, dof, picks, densities, temperatures }: Buffer,
  options: ForwardKlOptions,
  state: ForwardKlState,
): Promise<[ForwardKlState, ForwardKlInfo]> {
  const { batch } = options;
  const rng = createRng(state.rng);
  const count = picks?.length ?? x.length / dof;
  const chosen = Uint32Array.from({ length: batch }, () => {
    const pick = rng.integer(count);
    return picks ? picks[pick]! : pick;
  });
  const rows = takeRows(x, dof, chosen);
  const ofChosen = (values: Float64Array): Float64Array => Float64Array.from(chosen, (row) => values[row]!);
  const told = typeof temperatures === "object" ? ofChosen(temperatures) : temperatures;
  const known = densities && {
    ...densities,
    logM: ofChosen(densities.logM),
    ...(densities.share && { share: ofChosen(densities.share) }),
  };
  const inputs = { x: rows, ...temperatureInput(flow, told, batch) };
  const gradient = async (): Promise<number> => {
    if (!known)
      return engine.gradient(programs.forwardKl, { ...inputs, weight: new Float32Array(batch).fill(1 / batch) }, batch);
    let loss = NaN;
    await engine.gradient(programs.weightedKl, inputs, batch, async ({ logQ }) => {
      // Over the sum of the shares: its noise of a percent would be one of a nat.
      const { share } = known;
      loss = share ? -mean(share.map((p, i) => p * logQ![i]!)) / mean(share) : -mean(Float64Array.from(logQ!));
      return { weight: densityWeights(logQ!, known) };
    });
    return loss;
  };
  const [next, info] = await stepLoss(engine, options, state, async (update) => ({
    loss: await gradient(),
    ...(await engine.update(update)),
  }));
  return [{ ...next, rng: rng.state() }, info];
}
