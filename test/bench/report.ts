/** Results as tables: aligned text for a terminal, Markdown for the README beside this. */
import { table } from "../../src/notebook/tables";
import { fastest, type Interleaved, median, type Values } from "./measure";
import { formatPercent } from "../../src/notebook/numbers";
import type { Row } from "./rows";

export type Columns = Readonly<Record<string, string | number | null>>;

/** A row of `--json`: medians, null where there was no peer. */
export interface Result {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  /** More than 1 means that ours is better; for bounds it is ours / peer, 1 at best. */
  readonly ratio: number | null;
  readonly unit: Row["unit"];
}

export interface Measured extends Result {
  /** The ratio of the fastest repetitions. */
  readonly best: number | null;
  /** What other processes used of one core meanwhile; ratios of a busy machine mean little. */
  readonly disturbance: number;
}

export function compare({ name, unit, samples, isBound }: Row, { values, disturbance }: Interleaved): Measured {
  const [ours, peer = null] = values as [Values, Values?];
  const ratioOf = (pick: (v: Values) => number): number | null =>
    peer && (isBound ? pick(ours) / pick(peer) : pick(peer) / pick(ours));
  const value = (v: Values): number => (samples === undefined ? median(v) : samples / median(v));
  const medians = { ours: value(ours), peer: peer && value(peer), ratio: ratioOf(median) };
  return { name, unit, ...medians, best: ratioOf(fastest), disturbance };
}

const digits = (value: number | null): string =>
  value === null ? "–" : value >= 100 ? value.toFixed(0) : value.toPrecision(3);

/** Columns as they are printed: ratios of medians and of the fastest repetitions. */
export function columnsOf({ name, ours, peer, ratio, best, unit, disturbance }: Measured): Columns {
  const shown = { ours: digits(ours), peer: digits(peer), unit, ratio: digits(ratio), fastest: digits(best) };
  return { name, ...shown, "other load": formatPercent(disturbance) };
}

export function asText(rows: readonly Columns[], markdown: boolean): string {
  if (!markdown || !rows[0]) return table(rows).text();
  const line = (cells: readonly (string | number | null)[]): string => `| ${cells.map((c) => c ?? "–").join(" | ")} |`;
  const names = Object.keys(rows[0]);
  return [line(names), line(names.map(() => "---")), ...rows.map((row) => line(names.map((n) => row[n]!)))].join("\n");
}
