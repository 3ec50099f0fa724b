import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { lockFolder } from "../../src/io/lock";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-lock-"));
const file = path.join(folder, "lock");
after(() => rmSync(folder, { recursive: true }));

const holder = (pid: number, host = hostname()): void =>
  writeFileSync(file, JSON.stringify({ pid, host, since: "2026-01-01T00:00:00Z", token: "x" }));

test("a folder has one writer at a time, also within a process", () => {
  const unlock = lockFolder(folder);
  assert.throws(
    () => lockFolder(folder),
    new RegExp(`invalid folder .* process ${process.pid} .* expected no other writer`),
  );
  unlock();
  assert.deepEqual(readdirSync(folder), []);
  lockFolder(folder)();
});

test("what killed writers left is cleared, and nothing else", () => {
  const names = ["record.json.0123456789ab.tmp", "notes.tmp", "record.json"];
  for (const name of names) writeFileSync(path.join(folder, name), "");
  lockFolder(folder)();
  assert.deepEqual(readdirSync(folder).sort(), ["notes.tmp", "record.json"]);
  for (const name of names) rmSync(path.join(folder, name), { force: true });
});

test("a living process's lock is respected, whoever it is", () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60000)"]);
  holder(child.pid!);
  assert.throws(() => lockFolder(folder), new RegExp(`process ${child.pid} has written to since 2026`));
  child.kill("SIGKILL");
  rmSync(file);
});

test("the lock of a process that has ended is taken over, and said", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (const make of [() => holder(pid), () => holder(process.pid), () => writeFileSync(file, "")]) {
    make();
    const notes: string[] = [];
    const unlock = lockFolder(folder, (note) => notes.push(note));
    assert.match(notes.join(), /took over .*lock/);
    unlock();
    assert.ok(!existsSync(file));
  }
});

test("of processes that come to a stale lock at once one takes it over, and the others are told of it", async () => {
  const lock = path.join(__dirname, "../../src/io/lock");
  // All begin at the same moment, and who has the lock keeps it until all have tried.
  const program = `
    const { lockFolder } = require(${JSON.stringify(lock)});
    const [folder, begin] = process.argv.slice(1);
    while (Date.now() < Number(begin));
    try { lockFolder(folder); console.log("took it"); setTimeout(() => {}, 1000); }
    catch (error) { console.log(/expected no other writer/.test(error.message) ? "refused" : error.stack); }`;
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (let round = 0; round < 4; round++) {
    holder(pid);
    const begin = String(Date.now() + 400);
    const said = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ["-e", program, folder, begin]);
        const chunks: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        await once(child, "close");
        return Buffer.concat(chunks).toString().trim();
      }),
    );
    assert.deepEqual(said.sort(), ["refused", "refused", "refused", "took it"]);
    assert.deepEqual(readdirSync(folder), ["lock"]);
  }
  rmSync(file);
});

test("of a process on another machine nothing is known: its lock holds, and the message says what to do", () => {
  holder(1, "elsewhere");
  assert.throws(() => lockFolder(folder), /process 1 on elsewhere .*delete .*lock if that process is no run/);
  rmSync(file);
});
