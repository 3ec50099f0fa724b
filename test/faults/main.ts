/**
 * `npm run faults [-- --kills N] [--preset tiny|smoke|laptop|paper] [--seed N] [--every SECONDS] [--whole FOLDER]`: a run of alanine dipeptide that is broken off N times
 * at random moments, by SIGKILL, the death of a worker thread or a disk that takes no more, must end with the record and the flow of one that
 * nothing disturbed, bit for bit: of the same code, in FOLDER, or made first. Linux.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { differences, sayDifference } from "../../src/experiments/differences";
import { listCheckpoints } from "../../src/io/checkpoint-series";
import { readRecord } from "../../src/io/record";
import { createRng } from "../../src/numerics/random";
import { numbers } from "../experiments/tiny";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "6" },
    preset: { type: "string", default: "tiny" },
    seed: { type: "string", default: "1" },
    every: { type: "string", default: "2" },
    whole: { type: "string" },
  },
});
const kills = Number(values.kills);
const rng = createRng(Number(values.seed));
const folder = path.join("runs", "faults");

/** What befalls a run, and the words with which it must end; null: it has no time for any. */
const FAULTS = [
  { name: "SIGKILL", words: null, strike: (pid: number) => void process.kill(pid, "SIGKILL") },
  {
    name: "a dead worker",
    words: /died .*last checkpoint/,
    strike: (pid: number) => void process.kill(pid, "SIGUSR2"),
  },
  {
    name: "a full disk",
    words: /^write .*failed \(EFBIG/,
    // No file may grow beyond 4 kB from now on. Told to stop once it has said so, the run cannot write its last checkpoint either.
    strike: (pid: number) => void spawnSync("prlimit", ["--pid", String(pid), "--fsize=4096"], { stdio: "inherit" }),
  },
] as const;
type Fault = (typeof FAULTS)[number];

interface Ended {
  /** Seconds from the first line. */
  readonly seconds: number;
  readonly last: string;
  readonly isWhole: boolean;
  readonly signal: NodeJS.Signals | null;
  readonly isStruck: boolean;
}

/** Runs until it ends, with a fault `after` so many seconds; from the first line, since a machine under load starts slowly. */
function attempt(out: string, fault: Fault | null, after: number): Promise<Ended> {
  const args = [values.preset, values.seed, out, values.every, String(rng.uniform())];
  const child = spawn(process.execPath, [path.join(__dirname, "child.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let start = 0;
  let isStruck = false;
  let last = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    last = line;
    if (line.startsWith("checkpoint: not written")) child.kill("SIGTERM");
    if (start > 0) return;
    start = performance.now();
    if (fault === null) return;
    setTimeout(() => {
      if (child.exitCode !== null) return;
      isStruck = true;
      fault.strike(child.pid!);
    }, 1e3 * after).unref();
  });
  return new Promise((resolve) =>
    child.on("close", (code, signal) =>
      resolve({ seconds: (performance.now() - start) / 1e3, last, isWhole: code === 0, isStruck, signal }),
    ),
  );
}

/** Seconds that the run takes when nothing disturbs it. */
async function undisturbed(out: string): Promise<number> {
  if (values.whole !== undefined) return readRecord(path.join(out, "record.json")).wallSeconds;
  const { seconds, isWhole, last } = await attempt(out, null, 0);
  if (!isWhole) throw new Error(`faults: invalid run (got "${last}"), expected one that ends by itself`);
  return seconds;
}

async function main(): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true });
  const [whole, disturbed] = [values.whole ?? path.join(folder, "whole"), path.join(folder, "disturbed")] as const;
  const seconds = await undisturbed(whole);
  console.log(`undisturbed: ${seconds.toFixed(1)} s`);
  let struck = 0;
  let isDone = false;
  for (let k = 0; k < kills && !isDone; k++) {
    const fault = FAULTS[rng.integer(FAULTS.length)]!;
    // The parts add up to less than the run, so that it seldom ends before its last fault.
    const after = (seconds / (kills + 1)) * (0.2 + 1.4 * rng.uniform());
    const end = await attempt(disturbed, fault, after);
    isDone = end.isWhole;
    if (end.isStruck && !isDone) struck++;
    console.log(
      `${k + 1}: ${fault.name} after ${after.toFixed(1)} s: ${isDone ? "the run ended first" : (end.signal ?? end.last)}; ` +
        `left ${listCheckpoints(disturbed).map((file) => path.basename(file)).join(", ") || "no checkpoint"}`, // prettier-ignore
    );
    // A thread that is ended within ONNX Runtime aborts the whole process, which is one more way to die.
    if (!isDone && end.signal === null && fault.words && !fault.words.test(end.last)) {
      throw new Error(`faults: invalid words (got "${end.last}"), expected ${String(fault.words)}`);
    }
  }
  if (!isDone) ({ isWhole: isDone } = await attempt(disturbed, null, 0));
  if (!isDone) throw new Error("faults: missing record, expected the last attempt to end");
  const [expected, got] = [whole, disturbed].map((out) => numbers(readRecord(path.join(out, "record.json"))));
  const differing = differences(got, expected);
  const flows = [whole, disturbed].map((out) => readFileSync(path.join(out, "flow.safetensors")));
  const [isSameRecord, isSameFlow] = [differing.length === 0, flows[0]!.equals(flows[1]!)];
  for (const difference of differing) console.log(`record: ${sayDifference(difference).slice(0, 300)}`);
  console.log(
    `${struck} faults; record ${isSameRecord ? "equal" : "DIFFERENT"}, flow ${isSameFlow ? "equal" : "DIFFERENT"}`,
  );
  return isSameRecord && isSameFlow && struck === kills;
}

void main().then((isEqual) => (process.exitCode = isEqual ? 0 : 1));
