/** A run in plain lines: its progress, and what is to be doubted. */
import { clipLogWeights, effectiveSamples } from "../evaluate/ess";
import type { Rollback } from "../train/guard";
import type { Rung } from "../train/round";
import type { Experiment } from "./experiment";
import type { Run } from "./run";
import type { Progress } from "./stage";

/** Takes a line; undefined: nobody listens. */
export type Say = ((line: string) => void) | undefined;

/** Without a floor of the ESS a rung may learn from next to nothing: that is said. */
export function sayDoubts(
  say: Say,
  { anneal, trustRegion }: Pick<Experiment, "anneal" | "trustRegion">,
): (rung: Pick<Rung, "to" | "logWeights">) => void {
  const { clip = 0 } = anneal ?? trustRegion ?? {};
  return ({ to, logWeights }) => {
    // As they are learned from: the ESS that is shown has the paper's cut, after which no sample is ever alone.
    if (effectiveSamples(clipLogWeights(logWeights, clip)) >= 2) return;
    say?.(
      `annealing at ${to.toFixed(1)}: one of ${logWeights.length} samples carried all the weight, and the flow has learned it alone; ` +
        "set essFloor, take more samples per rung, or smaller steps of the ladder",
    );
  };
}

/** Trust regions may run out of rounds before they have come to the target: that is said. */
export function sayShortfall(
  { rungs, experiment: { trustRegion } }: Pick<Run, "rungs" | "experiment">,
  say: Say,
): void {
  const last = rungs.at(-1);
  if (!trustRegion || last?.decision !== "bounded" || rungs.length < trustRegion.maxRounds) return;
  say?.(
    `trust region: ended after ${rungs.length} rounds at ${last.to.toPrecision(4)}, before the target at ${trustRegion.temperature}; ` +
      "the samples are weighted to the target from there; raise maxRounds, or the bounds",
  );
}

const sayRollback = ({ iteration, to, scale }: Rollback, place: string): string =>
  `${place}: losses, gradients or parameters were not finite up to step ${iteration + 1}; went back to the flow of step ${to}, ` +
  `with ${scale} of the learning rate from now on`;

/** Progress as lines, one every few seconds. */
export function sayProgress(say: Say): (progress: Progress) => void {
  let last = 0;
  return ({ stage, temperature, step, steps, loss, ess, evaluations, rollback }) => {
    if (rollback) say?.(sayRollback(rollback, `${stage} at ${temperature.toFixed(1)}`));
    if (performance.now() - last < 5000 && step < steps) return;
    last = performance.now();
    const learned = Number.isNaN(loss) ? "" : `, loss ${loss.toFixed(3)}`;
    const share = ess === null ? "" : `, ESS ${(100 * ess).toFixed(1)} %`;
    say?.(
      `${stage} at ${temperature.toFixed(1)}: step ${step} of ${steps}${learned}${share}, ${evaluations} evaluations`,
    );
  };
}
