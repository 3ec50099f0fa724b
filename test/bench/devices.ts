/** Rates of every device that works here, each checked against the CPU first: equal parameters and points, equal numbers. */
import { availableParallelism } from "node:os";
import { lackOf } from "../../src/engine/devices";
import { sampleFlow } from "../../src/train/model";
import { createRng } from "../../src/numerics/random";
import { interleave, median, timed } from "./measure";
import type { Columns } from "./report";
import { type FlowName, openWorkload, type SystemName, trainingStep, type Workload } from "./workload";

const SYSTEMS: readonly SystemName[] = ["aldp", "hexa"];
const FLOWS: readonly FlowName[] = ["paper", "small"];
const BATCHES = [1024, 4096];
/** Samples drawn at a time. */
const DRAWN = 65_536;
const PLAN = { repeats: 3, warmUps: 2, isWatched: false } as const;
const CHECKED = 64;

/** Log q, its mean over a batch and the norm of its gradient by the parameters, as one list. */
async function numbersOf({ model: { engine, programs, flow }, x }: Workload): Promise<number[]> {
  const rows = x.slice(0, CHECKED * flow.dof);
  const { logQ } = await engine.evaluate(programs.logProb, { x: rows }, CHECKED);
  const weight = new Float32Array(CHECKED).fill(1 / CHECKED);
  const loss = await engine.gradient(programs.forwardKl, { x: rows, weight }, CHECKED);
  const { gradientNorm } = await engine.update({ learningRate: 0 });
  return [...logQ!, loss, gradientNorm];
}

/** The largest difference of two lists, relative to the number that it is of. */
const apart = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!) / Math.abs(b[i]!)), 0);

/** One row per system, flow and batch size and device: samples per second. */
export async function measureDevices(): Promise<Columns[]> {
  const others = (["webgpu", "cuda"] as const).filter((device) => lackOf(device) === null);
  const rows: Columns[] = [];
  const threads = availableParallelism();
  for (const system of SYSTEMS)
    for (const flow of FLOWS)
      for (const batch of BATCHES) {
        let expected: number[] | null = null;
        for (const device of ["cpu", ...others] as const) {
          const workload = openWorkload(system, flow, { batch, threads, device });
          const numbers = await numbersOf(workload);
          expected ??= numbers;
          const rate = async (work: () => unknown, n: number): Promise<number> =>
            Math.round(n / median((await interleave([timed(work)], PLAN)).values[0]!));
          rows.push({
            system,
            flow,
            batch,
            device: device === "cpu" ? `cpu, ${threads} threads` : device,
            "training, samples/s": await rate(() => trainingStep(workload), batch),
            "sampling, samples/s": await rate(() => sampleFlow(workload.model, DRAWN, createRng(1)), DRAWN),
            "apart from the CPU": apart(numbers, expected).toExponential(1),
          });
          console.log(Object.values(rows.at(-1)!).join("  "));
          await workload.close();
        }
      }
  return rows;
}
