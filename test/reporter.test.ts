import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../src/io/paths";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-reporter-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs test files with the reporter; the last line, everything, and the exit status. */
function report(files: Record<string, string>): { last: string; text: string; status: number | null } {
  const paths = Object.entries(files).map(([name, body]) => {
    writeFileSync(path.join(folder, name), `const { test, describe, it } = require("node:test");\n${body}`);
    return path.join(folder, name);
  });
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"]; // this test's own: the runner would think itself a child
  const reporter = path.join(projectRoot(), "test/reporter.mjs");
  // Newer versions of Node wait for a promise that never settles, as long as they are let.
  const flags = ["--test", "--test-timeout=4000", `--test-reporter=${reporter}`, "--test-reporter-destination=stdout"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, ...paths], { encoding: "utf8", env });
  return { last: stdout.trimEnd().split("\n").at(-1)!, text: stdout + stderr, status };
}

const GOOD = 'test("adds", () => {}); describe("suite", () => { it("inside", () => {}); });';

test("passing tests are counted, suites are not, and the run succeeds", () => {
  const { last, text, status } = report({ "good.test.js": GOOD, "helper.js": "" });
  assert.deepEqual([last, status], ["2 passed, 0 failed", 0], text);
  assert.match(text, /ok +.*good\.test\.js +2 tests/);
});

test("failures are shown with their errors and counted; skipped and todo tests are counted apart", () => {
  const { last, text, status } = report({
    "good.test.js": GOOD,
    "bad.test.js": `
      test("goes wrong", () => { throw new Error("what happened"); });
      test("outer", (t) => t.test("inner", () => { throw new Error("deep down"); }));
      test("later", { skip: "no device" }, () => {});
      test("some day", { todo: true }, () => { throw new Error("not yet"); });`,
  });
  // The outer test fails with its inner one, as in the runner's own count.
  assert.deepEqual([last, status], ["2 passed, 3 failed, 2 skipped", 1], text);
  assert.match(text, /goes wrong \(line 3\)\n +Error: what happened/);
  assert.match(text, /outer > inner \(line 4\)\n +Error: deep down/);
  assert.ok(!text.includes("not yet"));
});

const CRASHES: [string, string][] = [
  ["throws while loading", 'test("never", () => {}); throw new Error("at load");'],
  ["is no JavaScript", "const {"],
  ["exits in a test with a status", 'test("first", () => process.exit(3));'],
  ["exits in a test as if all were well", 'test("first", () => process.exit(0));'],
  [
    "is killed",
    'test("first", () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => setTimeout(() => {}, 5000)); });',
  ],
  ["waits for what never comes", 'test("first", () => new Promise(() => {}));'],
];
for (const [what, body] of CRASHES) {
  test(`a file that ${what} is one failure`, () => {
    const { last, text, status } = report({ "good.test.js": GOOD, "crash.test.js": body });
    assert.deepEqual([last, status], ["2 passed, 1 failed", 1], text);
    assert.match(text, /FAIL .*crash\.test\.js/);
  });
}

test("an error after the end of its test fails the run and is shown", () => {
  const { last, text, status } = report({
    "late.test.js": 'test("ok", () => { setTimeout(() => { throw new Error("too late"); }, 20); });',
  });
  assert.deepEqual([last, status], ["1 passed, 1 failed", 1], text);
  assert.match(text, /too late/);
});

test("a run without any test fails", () => {
  const { last, text, status } = report({ "helper.js": "" });
  assert.deepEqual([last, status], ["0 passed, 0 failed", 1], text);
});
