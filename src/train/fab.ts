/**
 * Flow annealed importance sampling bootstrap (Midgley et al. 2023, arXiv 2208.01893, algorithm 1): the alpha = 2 divergence, estimated where it
 * matters, on points that annealed importance sampling leads from the flow to p^2 / q, kept in a prioritised replay buffer.
 */
import { reverseEss } from "../evaluate/ess";
import { temperatureInput } from "../flow/temperature";
import type { RngState } from "../numerics/random";
import { annealedImportance, evenExponents } from "../sample/annealed-importance";
import type { HmcOptions } from "../sample/hmc";
import { bridgeSpace } from "./bridge";
import { startWalkers } from "./flow-walkers";
import type { ForwardKlOptions } from "./forward-kl";
import { type Guard, guarded, type Rollback } from "./guard";
import type { Model } from "./model";
import { addToReplay, adjustReplay, drawFromReplay, initReplay, type Replay } from "./replay";
import { learningRate } from "./schedule";

/** `iterations` are updates; a round makes one batch of new points and several updates. */
export interface FabOptions extends Omit<ForwardKlOptions, "averageDecay"> {
  readonly temperature: number;
  /** Of annealed importance sampling: the densities between, evenly spaced, and the HMC step at each. */
  readonly ais: HmcOptions & { readonly levels: number };
  /** Of HMC at first, in units of x; each level's own is then adapted. */
  readonly stepSize: number;
  /** The acceptance that step sizes are adapted to. */
  readonly acceptance: number;
  /** Updates per round. */
  readonly updates: number;
  /** Batches in the buffer before the first update, and at most. */
  readonly leastBatches: number;
  readonly mostBatches: number;
  /** Largest factor by which a point counts more because the flow has moved away from it. */
  readonly adjustClip: number;
}

/** Plain data beside the model's parameters and optimiser. */
export interface FabState {
  /** Updates done. */
  readonly iteration: number;
  readonly rng: RngState;
  /** Of HMC at each level. */
  readonly stepSizes: readonly number[];
  readonly replay: Replay;
  readonly guard: Guard | null;
}

export interface FabInfo {
  /** The updates of this round; none while the buffer is filled. */
  readonly updates: number;
  /** Mean over the round's updates of -log q, weighted; NaN without any. */
  readonly loss: number;
  readonly gradientNorm: number;
  /** Of the flow's own samples at the temperature, as a share of a batch. */
  readonly ess: number;
  /** Samples of the flow that could not be evaluated. */
  readonly invalid: number;
  readonly acceptance: readonly number[];
  readonly rollback: Rollback | null;
}

/** A step size grows or shrinks by this factor after each round. */
const ADAPT = 1.05;

/** @throws RangeError if the buffer could not give the points of a round. */
export function initFab({ target }: Pick<Model, "target">, options: FabOptions, rng: RngState): FabState {
  const { ais, stepSize, batch, updates, leastBatches, mostBatches } = options;
  if (!(updates >= 1 && leastBatches >= updates && mostBatches >= leastBatches)) {
    throw new RangeError(
      `initFab: invalid buffer (got ${leastBatches} to ${mostBatches} batches for ${updates} updates a round), expected at least as many ` +
        "batches as updates, better twice as many, so that weights choose among them",
    );
  }
  return {
    iteration: 0,
    rng,
    stepSizes: new Array<number>(ais.levels).fill(stepSize),
    replay: initReplay(target.dof, batch),
    guard: null,
  };
}

/** One round. Costs batch * (1 + levels * leapfrogs) target evaluations with gradient. */
export async function stepFab(model: Model, options: FabOptions, state: FabState): Promise<[FabState, FabInfo]> {
  const { engine } = model;
  const { batch, ais, leastBatches, mostBatches, acceptance: wanted } = options;
  const space = bridgeSpace(model, options.temperature);
  const [start, drawn] = await startWalkers(model, { space, temperature: options.temperature }, batch, state.rng);
  const scales = state.stepSizes.map(() => new Float64Array(space.dof).fill(1));
  const path = { exponents: evenExponents(ais.levels), stepSizes: state.stepSizes, scales };
  const end = await annealedImportance(space, { ...ais, resampleBelow: 0 }, start, path, drawn);
  const made = { x: Float32Array.from(end.walkers.x), logWeights: end.logWeights, logQ: end.walkers.logDet };
  const filled: FabState = {
    ...state,
    rng: end.rng,
    stepSizes: state.stepSizes.map((size, level) => (end.acceptance[level]! > wanted ? size * ADAPT : size / ADAPT)),
    replay: addToReplay(state.replay, made, mostBatches),
  };
  // The starting points are samples of the flow, with energy 2 (log q - log p).
  const weights = start.energy.map((energy) => (Number.isFinite(energy) ? -energy / 2 : -Infinity));
  const info = {
    ess: reverseEss(weights),
    invalid: weights.filter((w) => w === -Infinity).length,
    acceptance: end.acceptance,
  };
  const updates = filled.replay.batches.length < leastBatches ? 0 : updatesLeft(options, filled);
  if (updates === 0) return [filled, { ...info, updates, loss: NaN, gradientNorm: NaN, rollback: null }];
  const iteration = state.iteration + updates;
  const place = { iteration: state.iteration, isLast: iteration === options.iterations };
  const [guard, { next, loss, gradientNorm, rollback }] = await guarded(engine, state.guard, place, (scale) =>
    train(model, options, filled, updates, scale),
  );
  return [
    { ...filled, ...next, iteration, guard },
    { ...info, updates, loss, gradientNorm, rollback },
  ];
}

/**
 * How many updates a round takes: fewer at the end, or where the buffer holds few points that have a weight.
 * @throws Error if it is full of points that have none.
 */
function updatesLeft({ updates, iterations, batch, mostBatches }: FabOptions, { iteration, replay }: FabState): number {
  const able = Math.floor(replay.logWeights.reduce((sum, w) => sum + (w > -Infinity ? 1 : 0), 0) / batch);
  if (able === 0 && replay.batches.length >= mostBatches) {
    throw new Error(
      `fab: missing points (got fewer than ${batch} that could be evaluated in ${mostBatches} batches), expected more; ` +
        "begin with a flow that avoids clashes, or with smaller steps",
    );
  }
  return Math.min(updates, iterations - iteration, able);
}

/** The updates of a round, on points that are drawn together and so all differ; `applied` if all were. */
async function train(
  { engine, flow, programs }: Model,
  options: FabOptions,
  state: FabState,
  updates: number,
  scale: number,
): Promise<{ next: Pick<FabState, "rng" | "replay">; loss: number; gradientNorm: number; applied: boolean }> {
  const { batch, iterations, schedule, clipNorm, weightDecay, adjustClip } = options;
  const [drawn, rng] = drawFromReplay(state.replay, updates * batch, state.rng);
  const { dof } = state.replay;
  const now = new Float64Array(updates * batch);
  const told = temperatureInput(flow, options.temperature, batch);
  let loss = 0;
  let gradientNorm = 0;
  let applied = true;
  for (let k = 0; k < updates; k++) {
    const rows = drawn.x.subarray(k * batch * dof, (k + 1) * batch * dof);
    const old = drawn.logQ.subarray(k * batch, (k + 1) * batch);
    // Points were drawn by weights for the flow as it was; with q in the denominator they now weigh q_old / q.
    const supply = ({ logQ }: Readonly<Record<string, Float32Array>>) => {
      now.set(logQ!, k * batch);
      return Promise.resolve({
        weight: Float32Array.from(old, (was, i) => Math.min(adjustClip, Math.exp(was - logQ![i]!)) / batch),
      });
    };
    loss += (await engine.gradient(programs.weightedKl, { x: rows, ...told }, batch, supply)) / updates;
    const rate = scale * learningRate(schedule, state.iteration + k, iterations);
    const update = await engine.update({ learningRate: rate, clipNorm, weightDecay });
    gradientNorm += update.gradientNorm / updates;
    applied &&= update.applied;
  }
  const replay = adjustReplay(state.replay, drawn.rows, now);
  return { next: { rng, replay }, loss, gradientNorm, applied };
}
