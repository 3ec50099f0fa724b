/** Going on from a flow that one has: another ladder, or only the lower part of one, from any rung of a run. */
import { finalTemperature } from "./presets";
import { type Run, startRun } from "./run";
import type { SetupOptions } from "./setup";
import { setParameters } from "../train/model";
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
 * @param temperature that it was trained at last: of a run from `loadRun`, whose history stays in the record; otherwise the run knows
 */
export function snapshotFlow({ setup, rungs, experiment }: Run, temperature?: number): FlowSnapshot {
  const { reverseKl, hotChains } = experiment;
  const last = rungs.at(-1)?.to ?? (reverseKl ?? hotChains)?.temperature ?? finalTemperature(experiment);
  return { temperature: temperature ?? last, parameters: setup.model.engine.state().parameters.slice() };
}

/**
 * A new run of the same experiment whose flow is the snapshot, to be annealed down a ladder that begins at its temperature.
 * @example branchRun(run, snapshot, { ladder: [snapshot.temperature, 400, 300], seed: 2, anneal: { clip: 1e-3 } })
 * @throws RangeError if the ladder begins elsewhere, Error if the experiment does not anneal.
 */
export function branchRun(
  { experiment }: Run,
  { temperature, parameters }: FlowSnapshot,
  { ladder, anneal, steered, ...options }: BranchOptions,
): Run {
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
  const flow = steered === undefined ? experiment.flow : { ...experiment.flow, steered: steered ? temperature : null };
  const run = startRun(
    { ...experiment, preset: "custom", flow, anneal: { ...experiment.anneal, ...anneal, ladder } },
    options,
  );
  setParameters(run.setup.model, parameters);
  return run;
}
