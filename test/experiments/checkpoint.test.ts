import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runToRecord } from "../../src/experiments/call";
import { type Experiment, findExperiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { keepCheckpoints, resumeRun } from "../../src/experiments/checkpoint";
import { annealDown, trainReverseKl } from "../../src/experiments/stages";
import { listCheckpoints } from "../../src/io/checkpoint-series";
import type { RunRecord } from "../../src/io/record";

const root = mkdtempSync(path.join(tmpdir(), "tabg-resume-"));
after(() => rmSync(root, { recursive: true }));

const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
const CALL = { seed: 3, threads: 2 };

/** Every method at a size of seconds. */
function tiny(method: string): Experiment {
  const { reverseKl, anneal, forwardKl, fab, ...experiment } = findExperiment("gmm", method, "smoke");
  const few = { batch: 32, iterations: 12 };
  return {
    ...experiment,
    flow,
    reverseKl: reverseKl && { ...reverseKl, ...few },
    // The samples of a rung come in two draws, and a refinement differs from a step down.
    anneal: anneal && {
      ...anneal,
      ...few,
      ladder: [30, 25, 25],
      samples: 150,
      maxSamples: 300,
      effective: 1e9,
      buffer: 200,
      refinement: { iterations: 5 },
      essFloor: 0,
    },
    forwardKl: forwardKl && { ...forwardKl, ...few, samples: 100 },
    fab: fab && { ...fab, ...few, iterations: 20, updates: 8, leastBatches: 9, mostBatches: 10 },
    evaluationSamples: 200,
  };
}

/** Times apart, which are never the same. */
function numbers(record: RunRecord): unknown {
  return JSON.parse(JSON.stringify(record, (key, value: unknown) => (/seconds$/i.test(key) ? null : value)));
}

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

for (const [method, lengths] of [
  // 12 steps of reverse KL; a rung of 2 draws and 12 iterations; one of 2 draws and 5 iterations.
  ["ta-bg", [2, 5]],
  ["forward-kl", [3]],
  // 8 rounds fill the buffer, 3 train.
  ["fab", [3]],
] as const) {
  test(`${method}: stopped and resumed anywhere, a run ends with the numbers of one that was not`, async () => {
    const experiment = tiny(method);
    const whole = await runToRecord(experiment, { ...CALL, out: path.join(root, `${method}-whole`) });
    for (const steps of lengths) {
      const out = path.join(root, `${method}-${steps}`);
      const [record, pieces] = await runInPieces(experiment, out, steps);
      assert.ok(pieces > 3, `${pieces} pieces`);
      assert.deepEqual(numbers(record), numbers(whole!), `every ${steps} steps`);
      assert.deepEqual(readdirSync(out).sort(), ["flow.safetensors", "record.json"]);
    }
  });
}

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
  const resumed = resumeRun(folder, { threads: 2, onNote: (note) => notes.push(note) });
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
    /mismatched checkpoint .*"seed":3.*"seed":4/,
  );
  await assert.rejects(
    runToRecord(experiment, { ...CALL, out: path.join(root, "none"), resume: true }),
    /checkpoint: missing in .*none/,
  );
  assert.ok(!existsSync(path.join(out, "lock")));
});
