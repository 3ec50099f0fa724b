import assert from "node:assert/strict";
import { test } from "node:test";
import { interruptible } from "../../src/cli/interruptible";

for (const name of ["SIGINT", "SIGTERM"] as const) {
  test(`${name} aborts the work once, and leaves no listener behind`, async () => {
    const before = process.listenerCount(name);
    const result = await interruptible(async (signal) => {
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      const work = setInterval(() => undefined, 1000); // listeners alone do not keep a process alive
      process.kill(process.pid, name);
      await aborted;
      clearInterval(work);
      return process.listenerCount(name);
    });
    // None of ours is left for a second Ctrl-C, which ends the process; a second SIGTERM still finds one, and does not.
    assert.equal(result, before + (name === "SIGTERM" ? 1 : 0));
    assert.equal(process.listenerCount(name), before);
  });
}

test("work that nothing interrupts gives its result, and its error", async () => {
  assert.equal(await interruptible((signal) => Promise.resolve(signal.aborted)), false);
  await assert.rejects(
    interruptible(() => Promise.reject(new Error("own"))),
    /own/,
  );
  assert.equal(process.listenerCount("SIGTERM"), 0);
});
