/** The rungs of a recorded run, as charts take them. */
import type { RunRecord } from "../io/record";
import type { RungEss } from "./charts/rungs";

/** ESS of the buffer of each rung; empty for a method without rungs. */
export function recordedRungs({ metrics }: Pick<RunRecord, "metrics">): RungEss[] {
  const rungs = (metrics.rungs ?? []) as readonly { readonly to: number; readonly bufferEss: number }[];
  return rungs.map(({ to, bufferEss }) => ({ temperature: to, ess: bufferEss }));
}

/** The same, and the finished flow at the last temperature. */
export function recordedEss(record: RunRecord): RungEss[] {
  const rungs = recordedRungs(record);
  const last = rungs.at(-1);
  return last ? [...rungs, { temperature: last.temperature, ess: record.essFinal ?? NaN }] : [];
}
