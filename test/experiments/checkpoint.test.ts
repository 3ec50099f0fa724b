import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runToRecord } from "../../src/experiments/call";
import type { Experiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { keepCheckpoints, resumeRun } from "../../src/experiments/checkpoint";
import { annealDown, trainReverseKl } from "../../src/experiments/stages";
import { listCheckpoints } from "../../src/io/checkpoint-series";
import { readRecord, type RunRecord } from "../../src/io/record";
import { createRng } from "../../src/numerics/random";
import { CALL, numbers, tiny } from "./tiny";

const root = mkdtempSync(path.join(tmpdir(), "tabg-resume-"));
after(() => rmSync(root, { recursive: true }));

/** Runs, stopped after so many steps in a row until it ends; in a new engine each time. */
async function runInPieces(experiment: Experiment, out: string, steps: number): Promise<[RunRecord, number]> {
  for (let pieces = 1; ; pieces++) {
    const abort = new AbortController();
    let left = steps;
    const record = await runToRecord(experiment, {
      ...CALL,
      out,
      resume: pieces > 1,
      signal: abort.signal,
      onStep: () => void (--left <= 0 && abort.abort()),
    });
    if (record) return [record, pieces];
  }
}

for (const [method, steps] of [
  // 12 steps of reverse KL; a rung of 2 draws and 12 iterations; one of 2 draws and 5 iterations.
  ["ta-bg", 6],
  ["forward-kl", 5],
  // 8 rounds fill the buffer, 3 train.
  ["fab", 4],
  // 12 steps of reverse KL; three rounds of 2 draws and 12 iterations.
  ["trust-region", 6],
  // As ta-bg, of a flow that is told temperatures.
  ["conditioned", 6],
  // 4 sweeps of warm-up, 3 to fill the memory, 12 iterations with 2 sweeps between; a rung of 2 draws and as much; one as of ta-bg; of a steered flow.
  ["hot-chains", 6],
] as const) {
  test(`${method}: stopped and resumed anywhere, a run ends with the numbers of one that was not`, async () => {
    const experiment = tiny(method);
    const whole = await runToRecord(experiment, { ...CALL, out: path.join(root, `${method}-whole`) });
    const out = path.join(root, `${method}-pieces`);
    const [record, pieces] = await runInPieces(experiment, out, steps);
    assert.ok(pieces > 2, `${pieces} pieces`);
    assert.deepEqual(numbers(record), numbers(whole!));
    assert.deepEqual(readdirSync(out).sort(), ["flow.safetensors", "record.json"]);
    const flows = [out, path.join(root, `${method}-whole`)].map((folder) =>
      readFileSync(path.join(folder, "flow.safetensors")),
    );
    assert.ok(flows[0]!.equals(flows[1]!));
  });
}

test("ta-bg that learns from earlier draws: stopped and resumed anywhere, the same numbers", async () => {
  const { anneal, ...experiment } = tiny("ta-bg");
  const reusing = { ...experiment, anneal: { ...anneal!, ladder: [30, 28, 26, 25, 25], reuse: 2 } };
  const whole = await runToRecord(reusing, { ...CALL, out: path.join(root, "reusing-whole") });
  assert.deepEqual((whole!.metrics.rungs as { samples: number }[]).map((rung) => rung.samples), [300, 300, 300, 300]); // prettier-ignore
  // A rung whose samples are not all drawn and mixed, up to 8 steps here, begins again.
  for (const steps of [11, 14]) {
    const [record, pieces] = await runInPieces(reusing, path.join(root, `reusing-${steps}`), steps);
    assert.ok(pieces > 4, `${pieces} pieces`);
    assert.deepEqual(numbers(record), numbers(whole!));
  }
});

test("a stopped stage that is called again goes on where it was", async () => {
  const experiment = tiny("ta-bg");
  const [whole, pieces] = [startRun(experiment, CALL), startRun(experiment, CALL)];
  await trainReverseKl(whole);
  await annealDown(whole);
  for (const stage of [trainReverseKl, annealDown]) {
    for (let call = 0; call < 40; call++) {
      const stop = new AbortController();
      await stage(pieces, { signal: stop.signal, onStep: () => stop.abort() });
    }
  }
  assert.deepEqual(pieces.setup.model.engine.state(), whole.setup.model.engine.state());
  assert.deepEqual([pieces.losses, pieces.basins, pieces.rng], [whole.losses, whole.basins, whole.rng]);
  assert.deepEqual(pieces.setup.target.evaluations, pieces.evaluations); // nothing was drawn twice
  await Promise.all([whole.setup.close(), pieces.setup.close()]);
});

test("reverse KL that was stopped early cannot go on once its flow has been annealed", async () => {
  const run = startRun(tiny("ta-bg"), CALL);
  const stop = new AbortController();
  await trainReverseKl(run, { signal: stop.signal, onStep: () => stop.abort() });
  await annealDown(run);
  await assert.rejects(trainReverseKl(run), /stopped at iteration 1 and annealed since/);
  await run.setup.close();
});

test("a rung's samples are written once, and a torn checkpoint gives way to the one before", async () => {
  const folder = path.join(root, "torn");
  const run = startRun(tiny("ta-bg"), CALL);
  const checkpoints = keepCheckpoints(run, folder, { every: 0 });
  let steps = 0;
  const stop = new AbortController();
  const onStep = (): void => {
    checkpoints.onStep();
    if (++steps === 10) stop.abort();
  };
  await annealDown(run, { signal: stop.signal, onStep });
  assert.equal(readdirSync(folder).filter((name) => name.startsWith("part")).length, 1);
  assert.throws(() => keepCheckpoints(run, folder), /lock: invalid folder/);
  checkpoints.close();
  truncateSync(listCheckpoints(folder).at(-1)!, 1000);
  const notes: string[] = [];
  const resumed = resumeRun(folder, { threads: 1, onNote: (note) => notes.push(note) });
  assert.match(notes.join(), /checkpoint-000010.safetensors was not used: .*truncated/);
  await annealDown(resumed);
  await annealDown(run);
  assert.deepEqual(resumed.setup.model.engine.state(), run.setup.model.engine.state());
  await Promise.all([run.setup.close(), resumed.setup.close()]);
});

test("a run that has not ended is neither overwritten nor taken for another", async () => {
  const out = path.join(root, "unfinished");
  const stop = AbortSignal.abort();
  const experiment = tiny("reverse-kl");
  assert.equal(await runToRecord(experiment, { ...CALL, out, signal: stop }), null);
  await assert.rejects(runToRecord(experiment, { ...CALL, out }), /with checkpoints of a run that has not ended/);
  await assert.rejects(
    runToRecord(experiment, { ...CALL, seed: 4, out, resume: true }),
    /mismatched checkpoint .*: seed \(got 3, expected 4\);/,
  );
  await assert.rejects(
    runToRecord(experiment, { ...CALL, out: path.join(root, "none"), resume: true }),
    /checkpoint: missing in .*none/,
  );
  assert.ok(!existsSync(path.join(out, "lock")));
});

test("a checkpoint that is older than an option resumes where the option is off, and nowhere else", async () => {
  const experiment = tiny("ta-bg");
  const older = Object.fromEntries(
    Object.entries(experiment.anneal!).filter(([name]) => name !== "stepEss" && name !== "chains"),
  );
  const out = path.join(root, "older");
  const before = { ...experiment, anneal: older as unknown as typeof experiment.anneal };
  assert.equal(await runToRecord(before, { ...CALL, out, signal: AbortSignal.abort() }), null);
  await assert.rejects(
    runToRecord({ ...experiment, anneal: { ...experiment.anneal!, stepEss: 0.3 } }, { ...CALL, out, resume: true }),
    /mismatched checkpoint .*: anneal.stepEss \(got null, expected 0.3\);/,
  );
  const resumed = await runToRecord(experiment, { ...CALL, out, resume: true });
  const whole = await runToRecord(experiment, { ...CALL, out: path.join(root, "younger") });
  assert.deepEqual(numbers(resumed!), numbers(whole!));
});

test("a process killed without warning leaves a run that ends with the same numbers", async () => {
  const experiment = tiny("ta-bg");
  const whole = await runToRecord(experiment, { ...CALL, out: path.join(root, "unkilled") });
  const out = path.join(root, "killed");
  const rng = createRng(1);
  let kills = 0;
  for (let attempt = 0; !existsSync(path.join(out, "record.json")); attempt++) {
    const child = spawn(process.execPath, [path.join(__dirname, "tiny-process.js"), out], { stdio: "inherit" });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("exit", (_, signal) => resolve(signal)));
    // At any moment, also while a file is being written; the last attempt may end by itself.
    const steps = attempt < 3 ? 2 + rng.integer(8) : Infinity;
    const watch = setInterval(() => {
      const last = listCheckpoints(out).at(-1);
      if (Number(/(\d+)\.safetensors$/.exec(last ?? "")?.[1] ?? 0) >= steps + 6 * attempt) child.kill("SIGKILL");
    }, 5);
    if ((await ended) === "SIGKILL") kills++;
    clearInterval(watch);
    assert.ok(attempt < 4, "the last attempt ended without a record");
  }
  assert.ok(kills >= 1, "no attempt was killed");
  assert.deepEqual(numbers(readRecord(path.join(out, "record.json"))), numbers(whole!));
  assert.deepEqual(readdirSync(out).sort(), ["flow.safetensors", "record.json"]);
});
