/** Training steps in a process of their own, for its memory and its first step; run as a program it is that process. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type FlowName, openWorkload, type SystemName, trainingStep } from "./workload";

export interface ChildOptions {
  readonly system: SystemName;
  readonly flow: FlowName;
  readonly batch: number;
  readonly steps: number;
}

/** Seconds of the first and of the fastest step; resident bytes after the warm-up, at the end, and at most. */
export interface ChildReport {
  readonly first: number;
  readonly later: number;
  readonly warm: number;
  readonly end: number;
  readonly peak: number;
}

const WARM_UP = 50;

export async function trainInChild(options: ChildOptions): Promise<ChildReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [__filename, JSON.stringify(options)]);
  return JSON.parse(stdout) as ChildReport;
}

async function train({ system, flow, batch, steps }: ChildOptions): Promise<ChildReport> {
  const workload = openWorkload(system, flow, { batch });
  const seconds: number[] = [];
  let warm = 0;
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await trainingStep(workload);
    seconds.push((performance.now() - start) / 1e3);
    if (i === Math.min(WARM_UP, steps) - 1) warm = process.memoryUsage.rss();
  }
  const end = process.memoryUsage.rss();
  await workload.close();
  const [first, ...rest] = seconds;
  return { first: first!, later: Math.min(...rest), warm, end, peak: 1024 * process.resourceUsage().maxRSS };
}

if (require.main === module) {
  void train(JSON.parse(process.argv[2]!) as ChildOptions).then((report) => console.log(JSON.stringify(report)));
}
