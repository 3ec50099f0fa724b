import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Run } from "../../src/experiments/run";
import type { RungWatch } from "../../src/experiments/stage";
import { follow, Stopped } from "../../src/notebook/follow";

const run = { setup: { molecule: null }, rungs: [], experiment: { trustRegion: null } } as unknown as Run;

/** A stage of 1,000 iterations that presses the stop button after some, and goes on where it stopped. */
function stageWithStop(pressAt: number): { stage: (run: Run, watch: RungWatch) => Promise<void>; done: () => number } {
  let step = 0;
  const stage = async (_: Run, { onProgress, signal }: RungWatch): Promise<void> => {
    while (step < 1000 && !signal?.aborted) {
      step++;
      const at = { temperature: 300, loss: 1, gradientNorm: 1, ess: null, evaluations: step };
      onProgress?.({ ...at, stage: "reverse KL", step, steps: 1000 });
      if (step === pressAt) process.emit("SIGINT");
      await null;
    }
  };
  return { stage, done: () => step };
}

async function quietly(body: () => Promise<void>): Promise<string[]> {
  const log = mock.method(console, "log", () => undefined);
  try {
    await body();
    return log.mock.calls.map((call) => String(call.arguments[0]));
  } finally {
    log.mock.restore();
  }
}

test("a stopped stage says where, and how to go on; called again it goes on", async () => {
  const { stage, done } = stageWithStop(400);
  const first = await quietly(() =>
    assert.rejects(follow(run, stage), (error: Stopped) => {
      assert.ok(error instanceof Stopped);
      assert.equal(error.stack, "Stopped after step 400; what was learned is kept. Run this cell again to go on.");
      return true;
    }),
  );
  assert.equal(done(), 400);
  assert.match(first.at(-1)!, /400\/1,000.*stopped in/);
  const second = await quietly(() => follow(run, stage));
  assert.equal(done(), 1000);
  assert.match(second.at(-1)!, /1,000\/1,000.*done in/);
});

test("a stage that fails says so in its display, and its error is passed on", async () => {
  const fails = async (_: Run, { onProgress }: RungWatch): Promise<void> => {
    const at = { temperature: 300, loss: 1, gradientNorm: 1, ess: null, evaluations: 1 };
    onProgress?.({ ...at, stage: "annealing", step: 1, steps: 2 });
    return Promise.reject(new Error("collapsed"));
  };
  const lines = await quietly(() => assert.rejects(follow(run, fails), /collapsed/));
  assert.match(lines.at(-1)!, /failed/);
});
