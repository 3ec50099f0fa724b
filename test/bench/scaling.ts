/** Rates of the training step over threads, batch sizes, systems and flows: ours alone. */
import { median, interleave, timed } from "./measure";
import type { Columns } from "./report";
import { BATCH, type FlowName, openWorkload, type SystemName, trainingStep } from "./workload";

const THREADS = [1, 2];
const BATCHES = [64, 256, 1024, 4096, 8192];
const REPEATS = 3;

interface Case {
  readonly system: SystemName;
  readonly flow: FlowName;
  readonly batch: number;
}

/** Every batch size for alanine dipeptide; the larger systems, whose steps take up to a minute at 8192, at the paper's batch. */
const CASES: readonly Case[] = [
  ...(["paper", "small"] as const).flatMap((flow) =>
    BATCHES.map((batch) => ({ system: "aldp", flow, batch }) as const),
  ),
  ...(["tetra", "hexa"] as const).flatMap((system) =>
    (["paper", "small"] as const).map((flow) => ({ system, flow, batch: BATCH }) as const),
  ),
];

/** Samples per second of every case, one column per number of threads. */
export async function measureScaling(quick: boolean): Promise<Columns[]> {
  const rows: Columns[] = [];
  for (const { system, flow, batch } of CASES.filter((c) => !quick || c.batch <= BATCH)) {
    const workloads = THREADS.map((threads) => openWorkload(system, flow, { batch, threads }));
    const sides = workloads.map((workload) => timed(() => trainingStep(workload)));
    const [one, ...more] = sides;
    const { values } = await interleave([one!, ...more], { repeats: REPEATS, warmUps: 1, isWatched: true });
    const rates = values.map((v, i) => [
      `${THREADS[i]!} thread${i ? "s" : ""}, samples/s`,
      Math.round(batch / median(v)),
    ]);
    rows.push({ system, dof: workloads[0]!.model.flow.dof, flow, batch, ...Object.fromEntries(rates) });
    for (const workload of workloads) await workload.close();
  }
  return rows;
}
