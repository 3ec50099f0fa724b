/** A stage of training as people watch it: live display, the stop button, and how to go on. */
import type { Run } from "../experiments/run";
import { sayDoubts, sayShortfall } from "../experiments/say";
import type { RungWatch } from "../experiments/stage";
import { createOutput, inNotebook } from "./display";
import { liveEss, liveSurface } from "./live-rungs";
import { formatNumber } from "./numbers";
import { rungTable } from "./run-tables";
import { show } from "./show";
import { stoppableShown } from "./stoppable";
import { trainingProgress } from "./training-progress";

/** What can be followed: `trainReverseKl`, `annealDown`, or a function of one's own that passes the watch on. */
export type Stage = (run: Run, watch: RungWatch) => Promise<void>;

/** Work ended because the stop button was pressed; nothing is lost. The cells queued behind are not run, as after any error. */
export class Stopped extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Stopped";
    // No fault of the code: where it happened says nothing, and notebooks print the stack.
    this.stack = message;
  }
}

/**
 * Runs a stage with a live display (progress, loss, gradient norm; for annealing also the ESS of each rung, the surface of
 * its samples and the table of rungs). The stop button ends it after the step under way.
 * @example await follow(run, trainReverseKl); await follow(run, annealDown, { onRung: (rung) => saveFlow(run, folder) });
 * @throws Stopped if it was stopped: calling it again goes on.
 */
export async function follow(run: Run, stage: Stage, { onRung }: Pick<RungWatch, "onRung"> = {}): Promise<void> {
  const unit = run.setup.molecule ? " K" : "";
  let surface = "";
  const progress = trainingProgress({ unit, beside: () => besideOf(run) + surface });
  const rungs = createOutput();
  const doubt = sayDoubts(console.log, run.experiment);
  let step = 0;
  const done = await stoppableShown(progress, async (signal) => {
    await stage(run, {
      signal,
      onProgress: (training) => {
        step = training.step;
        progress.onProgress(training);
      },
      onRung: (rung) => {
        if (inNotebook()) {
          surface = liveSurface(run, rung);
          void show(rungTable(run), { output: rungs });
        }
        doubt(rung);
        onRung?.(rung);
      },
    });
    return signal.aborted ? null : true;
  });
  if (done) return sayShortfall(run, console.log);
  throw new Stopped(
    `Stopped after step ${formatNumber(step)}; what was learned is kept. Run this cell again to go on.`,
  );
}

/** The rungs so far; nothing before the first. */
function besideOf({ rungs }: Run): string {
  return rungs.length === 0 ? "" : liveEss(rungs.map(({ to, bufferEss }) => ({ temperature: to, ess: bufferEss })));
}
