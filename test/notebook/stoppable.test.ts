import assert from "node:assert/strict";
import { test } from "node:test";
import { stoppable } from "../../src/notebook/stoppable";

/** Runs with a listener in place as a kernel has it; returns how often that was called. */
async function withKernelListener(body: (calls: () => number) => Promise<void>): Promise<void> {
  let calls = 0;
  const listener = (): void => void calls++;
  process.on("SIGINT", listener);
  try {
    await body(() => calls);
    assert.deepEqual(process.listeners("SIGINT"), [listener]);
  } finally {
    process.removeListener("SIGINT", listener);
  }
}

test("the first press aborts the signal, and the kernel does not see it", () =>
  withKernelListener(async (calls) => {
    const aborted = await stoppable(async (signal) => {
      process.emit("SIGINT");
      await null;
      return signal.aborted;
    });
    assert.equal(aborted, true);
    assert.equal(calls(), 0);
  }));

test("the second press goes to the kernel", () =>
  withKernelListener(async (calls) => {
    await stoppable(async () => {
      process.emit("SIGINT");
      process.emit("SIGINT");
      await null;
    });
    assert.equal(calls(), 1);
  }));

test("work that ends or fails by itself leaves the listeners as they were", () =>
  withKernelListener(async (calls) => {
    assert.equal(await stoppable(async (signal) => (await null, signal.aborted)), false);
    await assert.rejects(
      stoppable(() => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.equal(calls(), 0);
  }));

test("no listener is added in the synchronous part of a cell", () =>
  withKernelListener(async () => {
    const before = process.listeners("SIGINT");
    const running = stoppable(() => Promise.resolve());
    assert.deepEqual(process.listeners("SIGINT"), before);
    await running;
  }));
