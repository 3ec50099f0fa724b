/** Going on from a flow that one has: another ladder, or only the lower part of one, from any rung of a run. */
import { flowTemperature, type Run, startFrom } from "./run";
import type { SetupOptions } from "./setup";
import type { AnnealOptions } from "../train/rung";

/** A run's flow as it stood at some moment. */
export interface FlowSnapshot {
  /** The temperature that it was trained at last. */
  readonly temperature: number;
  readonly parameters: Float32Array;
}

/** How a branch is annealed. */
export interface BranchOptions extends SetupOptions {
  /** Begins at the temperature of the flow. */
  readonly ladder: readonly number[];
  /** What else of annealing is to differ from the experiment's. */
  readonly anneal?: Partial<Omit<AnnealOptions, "ladder">>;
  /** Whether the prior narrows from the flow's temperature downwards; by default as in the experiment. Needs no training. */
  readonly steered?: boolean;
}

/**
 * The flow as it stands, to be kept while training goes on: after reverse KL or hot chains, or in `onRung` after every rung.
 * @param temperature that it was trained at last: the run knows, but may be told another
 */
export function snapshotFlow(run: Run, temperature = flowTemperature(run)): FlowSnapshot {
  return { temperature, parameters: run.setup.model.engine.state().parameters.slice() };
}

/**
 * A new run of the same experiment, on the same molecule and device unless told otherwise, whose flow is the snapshot, to be annealed down a ladder that
 * begins at its temperature.
 * @example branchRun(run, snapshot, { ladder: [snapshot.temperature, 400, 300], seed: 2, anneal: { clip: 1e-3 } })
 * @throws RangeError if the ladder begins elsewhere, Error if the experiment does not anneal.
 */
export function branchRun(
  { experiment, setup }: Run,
  snapshot: FlowSnapshot,
  { ladder, anneal, steered, ...options }: BranchOptions,
): Run {
  const { temperature } = snapshot;
  if (experiment.anneal === null) {
    throw new Error(
      `branchRun: missing ladder (experiment ${experiment.method}), expected a method that anneals, for example ta-bg`,
    );
  }
  if (!(Math.abs(ladder[0]! / temperature - 1) < 1e-6)) {
    throw new RangeError(
      `branchRun: invalid ladder (got one from ${ladder[0]}), expected it to begin at the flow's temperature, ${temperature}; ` +
        "cut it there, or take the snapshot of another rung",
    );
  }
  const hottest = Math.max(temperature, ladder[0]!);
  const flow = steered === undefined ? experiment.flow : { ...experiment.flow, steered: steered ? hottest : null };
  // What comes before annealing is done.
  const first = { reverseKl: null, hotChains: null };
  return startFrom(
    { ...experiment, preset: "custom", flow, ...first, anneal: { ...experiment.anneal, ...anneal, ladder } },
    snapshot,
    { ...setup.options, ...options },
  );
}
