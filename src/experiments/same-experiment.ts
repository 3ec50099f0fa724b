/** Whether a checkpoint is that of the run which is called for. */
import { resumeRun } from "./checkpoint";
import { differences, sayDifference } from "./differences";
import type { Experiment } from "./experiment";
import type { Run } from "./run";
import type { SetupOptions } from "./setup";

/**
 * The run of the folder's checkpoint, which must be that of this experiment and seed.
 * @throws Error if there is none that can be used, or it is of another; it names every option that differs.
 */
export function resumeSame(
  experiment: Experiment,
  { out, seed, ...options }: SetupOptions & { readonly out: string; readonly onNote?: (note: string) => void },
): Run {
  const run = resumeRun(out, options);
  const differing = differences({ ...run.experiment, seed: run.seed }, { ...experiment, seed });
  // As it is called for, with the options too that are younger than the checkpoint: what is stored is then the same to the byte.
  if (differing.length === 0) return { ...run, experiment };
  void run.setup.close();
  throw new Error(
    `experiment: mismatched checkpoint in ${out}: ${differing.map(sayDifference).join(", ")}; call with the system, method, preset, ladder and seed of the run that it is of, or choose another folder`,
  );
}
