import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { snapshotFlow } from "../../src/experiments/branch";
import { findExperiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { compare } from "../../src/notebook/compare";
import { Stopped } from "../../src/notebook/follow";
import { tryLadders } from "../../src/notebook/try-ladders";

const { anneal, ...full } = findExperiment("gmm", "ta-bg", "smoke");
const experiment = {
  ...full,
  flow: { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 },
  anneal: { ...anneal!, samples: 200, buffer: 100, iterations: 3, batch: 32, essFloor: 0 },
  evaluationSamples: 500,
};

test("every ladder begins with the kept flow, and gives the record of its own options", async () => {
  const log = mock.method(console, "log", () => undefined);
  const run = startRun(experiment, { seed: 1, threads: 1 });
  try {
    const flow = snapshotFlow(run);
    const trials = {
      long: { ladder: [30, 10, 1] },
      short: { ladder: [30, 1], anneal: { clip: 0.05 } },
      again: { ladder: [30, 10, 1] },
    };
    const records = await tryLadders(run, flow, trials, { threads: 1 });
    const { long, short, again } = records;
    assert.deepEqual([long!.essPerRung.length, short!.essPerRung.length], [2, 1]);
    // The same flow and seed: the same numbers, whatever was tried between.
    assert.deepEqual([again!.essFinal, again!.essPerRung], [long!.essFinal, long!.essPerRung]);
    assert.equal((short!.config.anneal as { clip: number }).clip, 0.05);
    assert.equal(run.rungs.length, 0);
    const { table } = compare(records);
    assert.deepEqual(table.columns.evaluations, [400, 200, 400]);
    assert.ok(table.columns.modes!.every((count) => typeof count === "number" && count <= 40));
    assert.match(String(log.mock.calls.at(-1)!.arguments[0]), /Ladders: 100 %, 5\/5, .*done/);
  } finally {
    log.mock.restore();
    await run.setup.close();
  }
});

test("a ladder that finds its temperatures on the way counts the rungs that it has found", async () => {
  const log = mock.method(console, "log", () => undefined);
  const run = startRun(experiment, { seed: 1, threads: 1 });
  try {
    const trials = { "on the way": { ladder: [30, 1], anneal: { stepEss: 0.5 } }, "as written": { ladder: [30, 1] } };
    const records = await tryLadders(run, snapshotFlow(run), trials, { threads: 1 });
    const rungs = Object.values(records).reduce((sum, { essPerRung }) => sum + essPerRung.length, 0);
    assert.ok(rungs > 2, `got ${rungs} rungs, which tells nothing of a ladder that is longer than it is written`);
    assert.match(String(log.mock.calls.at(-1)!.arguments[0]), new RegExp(`^Ladders: 100 %, ${rungs}/${rungs}, .*done`));
  } finally {
    log.mock.restore();
    await run.setup.close();
  }
});

test("stopped, it says so and keeps nothing", async () => {
  const log = mock.method(console, "log", () => undefined);
  const run = startRun(experiment, { seed: 1, threads: 1 });
  try {
    const trials = { long: { ladder: [30, 20, 10, 5, 2, 1], anneal: { iterations: 500 } } };
    const work = tryLadders(run, snapshotFlow(run), trials, { threads: 1 });
    setTimeout(() => process.emit("SIGINT"), 300);
    await assert.rejects(work, Stopped);
  } finally {
    log.mock.restore();
    await run.setup.close();
  }
});
