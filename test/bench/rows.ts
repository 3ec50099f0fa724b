/** The rows of the table of ratios: what each runs on our side and on the peer's. */
import type { Side } from "./measure";
import { energyRows } from "./energy-rows";
import { flowRows } from "./flow-rows";
import type { Session } from "./session";
import { startUpRows } from "./start-up-rows";

/** Both sides of a row. */
export interface Sides {
  readonly ours: Side;
  /** null where the peer is not installed. */
  readonly peer: Side | null;
  close?(): Promise<void>;
}

export interface Row {
  /** System, work and peer. */
  readonly name: string;
  /**
   * "samples/s": measured seconds become rates, and the ratio is ours / peer; "s" and "%" stay, and the ratio is peer / ours.
   * Either way more than 1 means that ours is better.
   */
  readonly unit: "samples/s" | "s" | "%";
  /** Samples per repetition, for rates. */
  readonly samples?: number;
  /** The peer is a part of ours, a bound that ours cannot pass: the ratio is ours / peer, and 1 the best. */
  readonly isBound?: boolean;
  /** Our side runs in processes of its own. */
  readonly spawns?: boolean;
  /** Where one repetition takes minutes. */
  readonly once?: boolean;
  open(session: Session): Promise<Sides>;
}

/** In the order in which they run: rows that share a workload stand together. */
export const ROWS: readonly Row[] = [...flowRows(), ...energyRows(), ...startUpRows()];
