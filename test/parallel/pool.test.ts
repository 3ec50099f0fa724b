import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { createPool, type Pool } from "../../src/parallel/pool";
import type { Order } from "./echo-worker";

type Request = { order: Order; values: Float64Array };
const FILE = path.join(__dirname, "echo-worker.js");
const ask = (order: Order, ...values: number[]): Request => ({ order, values: Float64Array.from(values) });

async function withPool(threads: number, use: (pool: Pool<Request, Float64Array>) => Promise<void>): Promise<void> {
  const pool = createPool<Request, Float64Array>(FILE, { threads, workerData: 42 });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

test("one request per worker, answers in order", () =>
  withPool(3, async (pool) => {
    const answers = await pool.all([ask("later", 1), ask("double", 2), ask("double", 3)]);
    assert.deepEqual(answers.map(([value]) => value), [1, 4, 6]); // prettier-ignore
  }));

test("a worker answers its requests one after the other, in order", () =>
  withPool(1, async (pool) => {
    const order: string[] = [];
    await Promise.all([
      pool.call(0, ask("later")).then(() => order.push("first")),
      pool.call(0, ask("double")).then(() => order.push("second")),
    ]);
    assert.deepEqual(order, ["first", "second"]);
  }));

test("every worker gets the same workerData", () =>
  withPool(2, async (pool) => {
    assert.deepEqual((await pool.all([ask("keep"), ask("keep")])).map(([value]) => value), [42, 42]); // prettier-ignore
  }));

test("transferred memory moves, other memory is copied", () =>
  withPool(1, async (pool) => {
    const [moved, copied] = [ask("double", 1), ask("double", 2)];
    await pool.call(0, moved, [moved.values.buffer as ArrayBuffer]);
    await pool.call(0, copied);
    assert.deepEqual([moved.values.length, copied.values.length], [0, 1]);
  }));

test("an error in the handler rejects that call alone, with its own type and message", () =>
  withPool(1, async (pool) => {
    await assert.rejects(pool.call(0, ask("refuse", 7)), { name: "RangeError", message: "refused 7" });
    assert.deepEqual(await pool.call(0, ask("double", 7)), Float64Array.of(14));
  }));

test("a worker that crashes rejects what it was asked and says why, then and later; the others live on", () =>
  withPool(2, async (pool) => {
    const [crash, behind] = [pool.call(0, ask("crash")), pool.call(0, ask("double"))];
    await assert.rejects(crash, /worker 0: died of "out of luck"/);
    await assert.rejects(behind, /worker 0: died of "out of luck"/);
    await assert.rejects(pool.call(0, ask("double")), /worker 0: died of "out of luck"/);
    assert.deepEqual(await pool.call(1, ask("double", 1)), Float64Array.of(2));
  }));

test("a worker that exits rejects what it was asked, names itself and says how to go on", () =>
  withPool(2, async (pool) => {
    assert.equal(pool.failure(), null);
    const [exit, behind] = [pool.call(1, ask("exit")), pool.call(1, ask("double"))];
    const expected = /^parallel\/echo-worker 1: died \(exit code 3\); go on from the last checkpoint/;
    for (const call of [exit, behind]) await assert.rejects(call, { message: expected });
    await assert.rejects(pool.call(1, ask("double")), { message: expected });
    assert.match(String(pool.failure()), /worker 1: died/);
    assert.deepEqual(await pool.call(0, ask("double", 1)), Float64Array.of(2));
  }));

test("a worker that throws what is no error says it", () =>
  withPool(1, (pool) => assert.rejects(pool.call(0, ask("throw")), /worker 0: died of "nothing in particular"/)));

test("a worker that is ended while it computes rejects what it was asked at once", async () => {
  const started = new Promise<Worker>((resolve) => process.once("worker", resolve));
  await withPool(1, async (pool) => {
    await pool.call(0, ask("double"));
    const spinning = assert.rejects(pool.call(0, ask("spin")), /worker 0: died \(exit code 1\)/);
    await (await started).terminate();
    await spinning;
  });
});

test("a worker file that cannot start rejects the first call", async () => {
  const pool = createPool<Request, Float64Array>(path.join(__dirname, "no-such-worker.js"), { threads: 1 });
  await assert.rejects(pool.call(0, ask("double")), /worker 0: died of "Cannot find module/);
});

test("closing waits for what is nearly done", async () => {
  const pool = createPool<Request, Float64Array>(FILE, { threads: 1 });
  await pool.call(0, ask("double"));
  const later = pool.call(0, ask("later", 5));
  await pool.close();
  assert.deepEqual(await later, Float64Array.of(5));
});

test("closing rejects what hangs and whatever comes after", async () => {
  const pool = createPool<Request, Float64Array>(FILE, { threads: 1 });
  const hanging = assert.rejects(pool.call(0, ask("hang")), /worker 0: closed/);
  await pool.close();
  await hanging;
  await assert.rejects(pool.call(0, ask("double")), /worker 0: closed/);
});

test("a request that cannot be sent is rejected and leaves the worker usable", () =>
  withPool(1, async (pool) => {
    const unsendable = { ...ask("double"), callback: () => undefined };
    await assert.rejects(pool.call(0, unsendable), { name: "DataCloneError" });
    assert.deepEqual(await pool.call(0, ask("double", 1)), Float64Array.of(2));
  }));

test("a script that leaves its pool open ends when its work is done", () => {
  const script = `
    const { createPool } = require(${JSON.stringify(path.join(__dirname, "..", "..", "src", "parallel", "pool.js"))});
    const pool = createPool(${JSON.stringify(FILE)}, { threads: 2 });
    const unsendable = { order: "double", values: new Float64Array(1), callback() {} };
    pool.call(1, unsendable).catch(() => pool.call(0, { order: "later", values: Float64Array.of(5) })).then(([v]) => console.log(v));
  `;
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], { timeout: 30_000, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "5\n"]);
});

test("an answer that comes while its worker is being ended does not end the process before that is done", () => {
  const script = `
    const { createPool } = require(${JSON.stringify(path.join(__dirname, "..", "..", "src", "parallel", "pool.js"))});
    const pool = createPool(${JSON.stringify(FILE)}, { threads: 1 });
    const double = { order: "double", values: new Float64Array(1) };
    pool.call(0, double).then(() => {
      pool.call(0, double).catch(() => undefined);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // the answer waits to be read
      return pool.close();
    }).then(() => console.log("closed"));
  `;
  const { status, stdout } = spawnSync(process.execPath, ["-e", script], { timeout: 30_000, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, "closed\n"]);
});

test("an impossible number of threads or worker is refused", async () => {
  for (const threads of [0, -1, 1.5, NaN]) assert.throws(() => createPool(FILE, { threads }), /invalid threads/);
  await withPool(1, (pool) => assert.rejects(pool.call(1, ask("double")), /unknown worker \(got 1\), expected 0 to 0/));
});
