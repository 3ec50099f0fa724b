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

/**
 * Between which temperatures `essDirect` weighs, by name; null where the method has no ladder. A steered flow is asked for the temperature of the first rung from the start, and
 * its samples are of there.
 */
export function endsOfLadder({
  config,
  system,
  metrics,
}: Pick<RunRecord, "config" | "system" | "metrics">): { hot: string; cold: string } | null {
  const { ladder } = (config.anneal ?? {}) as { ladder?: readonly number[] };
  if (!ladder) return null;
  const { steered } = (config.flow ?? {}) as { steered?: number | null };
  const name = (temperature: number): string =>
    system === "gmm" ? `T = ${temperature}` : `${Math.round(temperature)} K`;
  const start = steered ? recordedRungs({ metrics })[0]?.temperature : ladder[0];
  return { hot: name(start ?? ladder[0]!), cold: name(ladder.at(-1)!) };
}
