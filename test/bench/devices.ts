/** Rates of every device that works here, each beside its difference from the CPU: equal parameters and points, equal numbers. */
import { availableParallelism } from "node:os";
import { type Device, lackOf } from "../../src/engine/devices";
import { createRng } from "../../src/numerics/random";
import { sampleFlow } from "../../src/train/model";
import { type FlowNumbers, numbersOf } from "./agreement";
import { interleave, median, timed } from "./measure";
import type { Columns } from "./report";
import { type FlowName, openWorkload, type SystemName, trainingStep } from "./workload";

interface Case {
  readonly system: SystemName;
  readonly flow: FlowName;
  readonly batch: number;
}

const CASES: readonly Case[] = (["aldp", "hexa"] as const).flatMap((system) =>
  (["paper", "small"] as const).flatMap((flow) => [1024, 4096].map((batch) => ({ system, flow, batch }))),
);
/** Samples drawn at a time. */
const DRAWN = 65_536;
const PLAN = { repeats: 3, warmUps: 2, isWatched: false } as const;

/** The largest difference between numbers of two devices, relative to the second's. */
function apart(a: FlowNumbers, b: FlowNumbers): number {
  const [mine, theirs] = [a, b].map(({ logQ, loss, gradientNorm }) => [...logQ, loss, gradientNorm]);
  return mine!.reduce((most, v, i) => Math.max(most, Math.abs(v / theirs![i]! - 1)), 0);
}

/** How many of something a second, at the median. */
async function rate(work: () => unknown, n: number): Promise<number> {
  const { values } = await interleave([timed(work)], PLAN);
  return Math.round(n / median(values[0]!));
}

/** A row per case and device: samples per second. */
export async function measureDevices(): Promise<Columns[]> {
  const threads = availableParallelism();
  const cards = (["webgpu", "cuda"] as const).filter((device) => lackOf(device) === null);
  const rows: Columns[] = [];
  const measure = async (device: Device, { system, flow, batch }: Case, cpu?: FlowNumbers): Promise<FlowNumbers> => {
    const workload = openWorkload(system, flow, { batch, threads, device });
    const numbers = await numbersOf(workload);
    rows.push({
      system,
      flow,
      batch,
      device: device === "cpu" ? `cpu, ${threads} threads` : device,
      "training, samples/s": await rate(() => trainingStep(workload), batch),
      "sampling, samples/s": await rate(() => sampleFlow(workload.model, DRAWN, createRng(1)), DRAWN),
      "apart from the CPU": cpu ? apart(numbers, cpu).toExponential(1) : null,
    });
    await workload.close();
    console.log(Object.values(rows.at(-1)!).join("  "));
    return numbers;
  };
  for (const one of CASES) {
    const expected = await measure("cpu", one);
    for (const card of cards) await measure(card, one, expected);
  }
  return rows;
}
