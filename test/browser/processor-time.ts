/** Processor time by what JupyterLab consists of, as Linux counts it in /proc: a neighbour of the machine that makes all work slower hardly changes its shares. */
import { readdirSync, readFileSync } from "node:fs";

/** Seconds, of all threads. */
export interface ProcessorTime {
  /** The notebook's, in which training runs. */
  readonly kernel: number;
  readonly browser: number;
  /** JupyterLab itself. */
  readonly server: number;
}

/** Of a clock's tick: Linux says 100 a second to all programs. */
const TICK = 0.01;

interface ProcessLine {
  readonly parent: number;
  readonly seconds: number;
  readonly command: string;
}

/** null for a process that has ended meanwhile. */
function readProcess(pid: string): ProcessLine | null {
  try {
    // The name, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const seconds = TICK * (Number(fields[11]) + Number(fields[12]));
    return { parent: Number(fields[1]), seconds, command: readFileSync(`/proc/${pid}/cmdline`, "utf8") };
  } catch {
    return null;
  }
}

/** What the living descendants of a process have had so far. */
export function processorTime(ancestor = process.pid): ProcessorTime {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const all = new Map(
    pids.flatMap((pid) => {
      const line = readProcess(pid);
      return line ? [[Number(pid), line] as const] : [];
    }),
  );
  const isBelow = (pid: number): boolean => {
    const parent = all.get(pid)?.parent;
    return parent !== undefined && (parent === ancestor || isBelow(parent));
  };
  const sum = { kernel: 0, browser: 0, server: 0 };
  for (const [pid, { seconds, command }] of all) {
    if (!isBelow(pid)) continue;
    sum[/chrom/.test(command) ? "browser" : /python|lab\.js/.test(command) ? "server" : "kernel"] += seconds;
  }
  return sum;
}
