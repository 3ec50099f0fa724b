/** The progress of a run's stages, one after another in the same place: reverse KL, then each rung of the ladder. */
import type { Progress as Training } from "../experiments/stage";
import { createOutput } from "./display";
import { formatPercent } from "./numbers";
import { createProgress, type Progress } from "./progress";

export interface TrainingProgress {
  /** For the option of the same name of `trainReverseKl` and `annealDown`. */
  readonly onProgress: (training: Training) => void;
  /** Closes the display of the last stage. */
  finish(note?: string): void;
}

const STAGES = {
  "reverse KL": "Reverse KL",
  annealing: "Annealing",
  "forward KL": "Forward KL",
  FAB: "FAB",
  evaluation: "Evaluation",
} as const;

/** A display that follows training with its loss as a live curve; a new stage takes the place of the one before. */
export function trainingProgress({ unit = " K" }: { readonly unit?: string } = {}): TrainingProgress {
  const output = createOutput();
  let current: Progress | null = null;
  let last: Training | null = null;
  const finish = (note?: string): void => {
    current?.finish(note);
    current = null;
  };
  return {
    onProgress(training) {
      const { stage, temperature, step, steps, loss, ess, evaluations } = training;
      // A refinement is the same stage at the same temperature, but starts from its first step again.
      if (stage !== last?.stage || temperature !== last.temperature || step <= last.step) finish();
      last = training;
      current ??= createProgress({
        title: `${STAGES[stage]} at ${Number(temperature.toPrecision(4))}${unit}`,
        steps,
        curve: "loss",
        curveLabel: "loss (kT)",
        output,
      });
      current.update(step, { loss, ...(ess !== null && { "buffer ESS": formatPercent(ess) }), evaluations });
    },
    finish,
  };
}
