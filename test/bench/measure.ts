/** Interleaved timing: A B A B ..., so that drift of the machine falls on both sides alike; rounds that other work disturbed are replaced. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** One repetition; answers with the seconds (or the share) that it measured. */
export type Side = () => Promise<number>;

/** Measured values of one side, in ascending order. */
export type Values = readonly number[];

export const fastest = (values: Values): number => values[0]!;
export const median = (values: Values): number => (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;

export interface Plan {
  readonly repeats: number;
  /** Calls of each side before the first that counts. */
  readonly warmUps: number;
  /** Whether our side's work is all done by this process, so that what else the machine does can be told from it. */
  readonly isWatched: boolean;
}

/** Values of each side, and what other processes used of one core meanwhile, at the median. */
export interface Interleaved {
  readonly values: readonly Values[];
  readonly disturbance: number;
}

// Torch's threads spin for some milliseconds after their last work before they sleep.
const SETTLE_MS = 20;
/** Of one core: rounds in which other processes used more are repeated, up to this many times as many rounds. */
const QUIET = 0.1;
const MOST_ROUNDS = 3;
/** The kernel counts in hundredths of a second on each core. */
const TICKS = 0.02;

/** The seconds of some work in this process. */
export function timed(work: () => unknown): Side {
  return async () => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1e3;
  };
}

/** Processor seconds of all processes but this one so far; 0 where Linux does not tell. */
function secondsOfOthers(): number {
  if (!existsSync("/proc/stat")) return 0;
  // cpu user nice system idle iowait irq softirq steal ..., in hundredths of a second
  const [user, nice, system, , , irq, softirq, steal] = readFileSync("/proc/stat", "utf8").split(/\s+/).slice(1, 9);
  const all = [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
  const own = process.cpuUsage();
  return all - (own.user + own.system) / 1e6;
}

/** Rounds of all sides in turn: the quietest `repeats` of them, judged by our side alone, since the peer is a process of its own. */
export async function interleave(
  [ours, ...others]: readonly [Side, ...Side[]],
  { repeats, warmUps, isWatched }: Plan,
): Promise<Interleaved> {
  for (const side of [ours, ...others]) for (let i = 0; i < warmUps; i++) await side();
  const rounds: { readonly values: readonly number[]; readonly disturbance: number }[] = [];
  const isEnough = (): boolean =>
    rounds.filter(({ disturbance }) => disturbance <= QUIET).length >= repeats ||
    rounds.length >= MOST_ROUNDS * repeats;
  while (!isEnough()) {
    await sleep(SETTLE_MS);
    const [before, start] = [secondsOfOthers(), performance.now()];
    const values = [await ours()];
    const used = Math.max(0, secondsOfOthers() - before - TICKS) / ((performance.now() - start) / 1e3);
    for (const side of others) {
      await sleep(SETTLE_MS);
      values.push(await side());
    }
    rounds.push({ values, disturbance: isWatched ? used : 0 });
  }
  const kept = rounds.sort((a, b) => a.disturbance - b.disturbance).slice(0, repeats);
  const ascending = (values: number[]): number[] => values.sort((a, b) => a - b);
  return {
    values: kept[0]!.values.map((_, s) => ascending(kept.map((round) => round.values[s]!))),
    disturbance: median(ascending(kept.map((round) => round.disturbance))),
  };
}
