/** Several ladders from one flow, one after another in a single display: what is compared when one looks for a ladder. */
import { branchRun, type BranchOptions, type FlowSnapshot } from "../experiments/branch";
import { recordRun } from "../experiments/record";
import { type Run, sampleRun } from "../experiments/run";
import { annealDown } from "../experiments/stages";
import type { RunRecord } from "../io/record";
import { Stopped } from "./follow";
import { createProgress } from "./progress";
import { stoppableShown } from "./stoppable";

/** A ladder, and what else of annealing is to differ. */
export type Trial = Pick<BranchOptions, "ladder" | "anneal">;

/**
 * Anneals the kept flow down every ladder, and gives the records under the same names: for `compare`. Costs without the hot flow.
 * @example compare(await tryLadders(run, hotFlow, { short: { ladder: [30, 1, 1] }, clipped: { ladder: [30, 1, 1], anneal: { clip: 0.01 } } }))
 * @throws Stopped if it was stopped: nothing is kept of the ladders then.
 */
export async function tryLadders(
  run: Run,
  flow: FlowSnapshot,
  trials: Readonly<Record<string, Trial>>,
  { seed = run.seed + 1, threads }: Partial<Pick<BranchOptions, "seed" | "threads">> = {},
): Promise<Record<string, RunRecord>> {
  const entries = Object.entries(trials);
  const rungsOf = (some: typeof entries): number => some.reduce((sum, [, { ladder }]) => sum + ladder.length - 1, 0);
  const progress = createProgress({ title: "Ladders", steps: rungsOf(entries) });
  let done = 0;
  const records = await stoppableShown(progress, async (signal) => {
    const made: Record<string, RunRecord> = {};
    for (const [i, [name, trial]] of entries.entries()) {
      const later = rungsOf(entries.slice(i + 1));
      const branch = branchRun(run, flow, { ...trial, seed, ...(threads !== undefined && { threads }) });
      try {
        await annealDown(branch, {
          signal,
          onProgress: ({ stage, temperature, evaluations }) =>
            progress.update(done, { ladder: name, [stage]: Number(temperature.toPrecision(4)), evaluations }),
          // A ladder with temperatures of its own, or refinements, has more rungs than are written.
          onRung: () =>
            progress.update(++done, { ladder: name }, done + branch.stages.anneal!.remaining.length + later),
        });
        if (signal.aborted) return null;
        const samples = await sampleRun(branch, run.experiment.evaluationSamples, { signal });
        made[name] = recordRun(branch, samples);
      } catch (error) {
        if (signal.aborted) return null; // while samples for the record were drawn
        throw error;
      } finally {
        await branch.setup.close();
      }
    }
    return made;
  });
  if (records) return records;
  throw new Stopped(`Stopped after ${done} rungs. Run this cell again to try all ladders anew.`);
}
