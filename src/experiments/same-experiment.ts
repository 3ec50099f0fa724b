/** Whether a checkpoint is that of the run which is called for. */
import { isObject } from "../io/fields";
import { resumeRun } from "./checkpoint";
import type { Experiment } from "./experiment";
import type { Run } from "./run";
import type { SetupOptions } from "./setup";

/**
 * Where two plain values differ, as `place (got ..., expected ...)`. What is null counts as absent: an option that is off, since checkpoints that are older
 * than an option do not name it.
 */
export function differences(got: unknown, expected: unknown, place = ""): string[] {
  if (isObject(got) && isObject(expected)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(got)])];
    return names.flatMap((name) => differences(got[name], expected[name], place ? `${place}.${name}` : name));
  }
  const [a, b] = [JSON.stringify(got ?? null), JSON.stringify(expected ?? null)];
  return a === b ? [] : [`${place} (got ${a}, expected ${b})`];
}

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
    `experiment: mismatched checkpoint in ${out}: ${differing.join(", ")}; call with the system, method, preset, ladder and seed of the run that it is of, or choose another folder`,
  );
}
