import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { summarise } from "../../src/cli/summary";
import { runToRecord } from "../../src/experiments/call";
import { resumeRun } from "../../src/experiments/checkpoint";
import { recordRun } from "../../src/experiments/record";
import { type RollbackRecord, sampleRun, startRun } from "../../src/experiments/run";
import { annealDown } from "../../src/experiments/stages";
import { listCheckpoints } from "../../src/io/checkpoint-series";
import { setParameters } from "../../src/train/model";
import { CALL, numbers, tiny } from "./tiny";

const root = mkdtempSync(path.join(tmpdir(), "tabg-faults-"));
const disk = path.join(root, "disk");
mkdirSync(disk);
let isMounted = false;
after(() => {
  if (isMounted) execFileSync("umount", [disk]);
  rmSync(root, { recursive: true });
});

/** Mounts a small disk; why not, where that is not allowed. */
function mount(): string | false {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk], { stdio: "pipe" });
    isMounted = true;
    return false;
  } catch (error) {
    return `no disk can be mounted here: ${(error as Error).message.split("\n")[0]}`;
  }
}

const filler = path.join(disk, "filler");
function fill(): void {
  assert.throws(() => writeFileSync(filler, Buffer.alloc(1e6)), { code: "ENOSPC" });
}

test(
  "a full disk costs no training: old checkpoints stay, the next is tried later, and the numbers are the same",
  { skip: mount() },
  async () => {
    const experiment = tiny("ta-bg");
    const whole = await runToRecord(experiment, { ...CALL, out: path.join(root, "whole") });
    const out = path.join(disk, "run");
    const notes: string[] = [];
    let steps = 0;
    let stale: string[] = [];
    const onStep = (): void => {
      if (++steps === 6) {
        stale = readdirSync(out).sort();
        fill();
      }
      if (steps === 9) {
        assert.deepEqual(readdirSync(out).sort(), stale); // no temporary file, and nothing lost
        const resumed = resumeRun(out, { threads: 1 });
        assert.equal(resumed.stages.reverseKl!.iteration, 6);
        void resumed.setup.close();
        rmSync(filler);
      }
      if (steps === 10) assert.notDeepEqual(readdirSync(out).sort(), stale);
    };
    const record = await runToRecord(experiment, {
      ...CALL,
      out,
      checkpointEvery: 0,
      onStep,
      onProgress: (line) => notes.push(line),
    });
    const failed = notes.filter((line) => /^checkpoint: not written, .*ENOSPC/.test(line));
    assert.equal(failed.length, 3, notes.join("\n"));
    assert.deepEqual(numbers(record!), numbers(whole!));

    // Full at the end: the record cannot be written, and is by the same call later.
    rmSync(out, { recursive: true });
    steps = 0;
    const atEnd = (): void => void (++steps === 30 && fill());
    const call = { ...CALL, out, checkpointEvery: 0 };
    await assert.rejects(
      runToRecord(experiment, { ...call, onStep: atEnd }),
      /^Error: experiment: the record was not written: write .*ENOSPC.*free space.*--resume/,
    );
    rmSync(filler);
    fill(); // what the first attempt has given back
    await assert.rejects(
      runToRecord(experiment, { ...call, resume: true }),
      /lock: invalid folder .*ENOSPC.*free space/,
    );
    rmSync(filler);
    assert.deepEqual(numbers((await runToRecord(experiment, { ...call, resume: true }))!), numbers(whole!));
  },
);

test("a worker that dies ends the run in words, and it goes on from its checkpoint to the same numbers", async () => {
  const experiment = tiny("ta-bg");
  const call = { ...CALL, threads: 2, checkpointEvery: 0 };
  const whole = await runToRecord(experiment, { ...call, out: path.join(root, "undisturbed") });
  const workers: Worker[] = [];
  const onWorker = (worker: Worker): void => void workers.push(worker);
  process.on("worker", onWorker);
  const out = path.join(root, "died");
  let steps = 0;
  const onStep = (): void => void (++steps === 20 && void workers[1]!.terminate());
  await assert.rejects(
    runToRecord(experiment, { ...call, out, onStep }),
    /onnx-worker 1: died .*go on from the last checkpoint/,
  );
  process.removeListener("worker", onWorker);
  assert.equal(listCheckpoints(out).length, 3);
  assert.deepEqual(numbers((await runToRecord(experiment, { ...call, out, resume: true }))!), numbers(whole!));
});

test("a flow that breaks is said in progress and record: where training went back, and that no sample has a weight", async () => {
  const { reverseKl, ...experiment } = tiny("reverse-kl");
  const schedule = { peak: 1e30, warmup: 0, floor: 1e30 };
  const lines: string[] = [];
  const record = await runToRecord(
    { ...experiment, reverseKl: { ...reverseKl!, schedule } },
    { ...CALL, out: path.join(root, "broken"), onProgress: (line) => lines.push(line) },
  );
  assert.deepEqual(record!.metrics["rollbacks"] as RollbackRecord[], [
    { stage: "reverse KL", temperature: reverseKl!.temperature, iteration: 10, to: 0, scale: 0.5 },
  ]);
  assert.match(
    lines.join("\n"),
    /^reverse KL at .* not finite up to step 11; went back to the flow of step 0, with 0.5 of the/m,
  );
  assert.match(lines.join("\n"), /^evaluation: no comparison with the truth: quantiles: invalid sample/m);
  assert.ok((record!.metrics["effective"] as number) < 2);
  assert.match(summarise(record!).join("\n"), /^warning   one of 200 samples carries all the weight/m);
});

test("a flow whose parameters are lost makes no rung, and a record that says so", async () => {
  const run = startRun(tiny("ta-bg"), CALL);
  setParameters(run.setup.model, run.setup.model.engine.state().parameters.fill(NaN));
  await assert.rejects(
    annealDown(run),
    /^Error: anneal: missing weights \(got 300 samples .*30.0, 300 of them without/,
  );
  const record = recordRun(run, await sampleRun(run, 50));
  assert.deepEqual([record.essFinal, record.metrics["effective"], record.metrics["invalid"]], [0, 0, 50]);
  const lines = summarise(record).join("\n");
  assert.match(lines, /^log Z     not available\nwarning   none of 50 samples has a weight, 50 have no finite energy/m);
  await run.setup.close();
});
