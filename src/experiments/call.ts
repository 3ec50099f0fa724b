/** A named experiment from start to record: what the command line runs. */
import type { RunRecord } from "../io/record";
import { findExperiment } from "./presets";
import { annealDown, type Progress, recordRun, sampleRun, startRun, trainReverseKl } from "./run";
import type { SetupOptions } from "./setup";
import { saveFlow, saveRun } from "./store";

/** What the command line runs. */
export interface ExperimentCall extends Partial<SetupOptions> {
  readonly system: string;
  readonly method: string;
  readonly preset: string;
  readonly seed: number;
  /** Folder of the record. */
  readonly out: string;
  /** One line every few seconds. */
  readonly onProgress?: (line: string) => void;
}

/** All stages of a named experiment, and its record. */
export async function runExperiment({
  system,
  method,
  preset,
  out,
  onProgress,
  ...options
}: ExperimentCall): Promise<RunRecord> {
  const run = startRun(findExperiment(system, method, preset), options);
  try {
    onProgress?.(`engine: ${run.setup.model.engine.name}`);
    let last = 0;
    const watch = (p: Progress): void => {
      if (performance.now() - last < 5000 && p.step < p.steps) return;
      last = performance.now();
      const ess = p.ess === null ? "" : `, buffer ESS ${(100 * p.ess).toFixed(1)} %`;
      onProgress?.(
        `${p.stage} at ${p.temperature.toFixed(1)}: step ${p.step} of ${p.steps}, loss ${p.loss.toFixed(3)}${ess}, ${p.evaluations} evaluations`,
      );
    };
    await trainReverseKl(run, { onProgress: watch });
    saveFlow(run, out);
    if (run.experiment.anneal) await annealDown(run, { onProgress: watch, onRung: () => saveFlow(run, out) });
    const record = recordRun(run, await sampleRun(run, run.experiment.evaluationSamples));
    saveRun(run, record, out);
    return record;
  } finally {
    await run.setup.close();
  }
}
