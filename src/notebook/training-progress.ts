/** The progress of a run's stages, one after another in the same place: reverse KL, then each rung of the ladder. */
import type { Progress as Training } from "../experiments/stage";
import { formatNumber, formatPercent } from "./numbers";
import { createPlace, createProgress, type Progress } from "./progress";

export interface TrainingProgress {
  /** For the option of the same name of `trainReverseKl` and `annealDown`. */
  readonly onProgress: (training: Training) => void;
  /** Closes the display of the last stage. */
  finish(note?: string): void;
}

export interface TrainingProgressOptions {
  /** Of the temperature. */
  readonly unit?: string;
  /** More pictures beside the curves, as HTML; asked for at every drawing. */
  readonly beside?: () => string;
}

const STAGES = {
  "reverse KL": "Reverse KL",
  "hot chains": "Hot chains",
  sampling: "Sampling",
  mixing: "Mixing with earlier draws",
  walking: "Walking of chains",
  annealing: "Annealing",
  "trust region": "Trust region",
  "path gradients": "Path gradients",
  "forward KL": "Forward KL",
  FAB: "FAB",
  evaluation: "Evaluation",
} as const;

const CURVES = {
  loss: { label: "loss (kT)", width: 400 },
  "gradient norm": { label: "gradient norm", log: true, width: 300 },
};

/** A display that follows training with live curves of its loss and gradient; a new stage takes the place of the one before. */
export function trainingProgress({ unit = " K", beside = () => "" }: TrainingProgressOptions = {}): TrainingProgress {
  const place = createPlace();
  let current: Progress | null = null;
  let last: Training | null = null;
  let returns = 0;
  const finish = (note?: string): void => {
    current?.finish(note);
    current = null;
  };
  return {
    onProgress(training) {
      const { stage, temperature, step, steps, loss, gradientNorm, ess, evaluations, rollback } = training;
      const trains = !["sampling", "mixing", "walking"].includes(stage);
      if (rollback) returns++;
      // A refinement is the same stage at the same temperature, but starts from its first step again.
      if (stage !== last?.stage || temperature !== last.temperature || step <= last.step) finish();
      last = training;
      current ??= createProgress({
        title: `${STAGES[stage]} at ${Number(temperature.toPrecision(4))}${unit}`,
        steps,
        from: stage === "sampling" ? step : step - 1, // samples come in blocks
        curves: trains ? CURVES : {},
        beside,
        place,
      });
      current.update(step, {
        ...(trains && { loss, "gradient norm": gradientNorm }),
        ...(ess !== null && { "buffer ESS": formatPercent(ess) }),
        evaluations,
        // After batches that taught nothing, at a smaller step: run.rollbacks says where.
        ...(returns > 0 && { "times gone back": returns }),
        memory: `${formatNumber(Math.round(process.memoryUsage.rss() / 2 ** 20))} MiB`,
      });
    },
    finish,
  };
}
