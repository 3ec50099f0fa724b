import assert from "node:assert/strict";
import { spawnSync, type StdioOptions } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { runCommandLine } from "../../src/cli/main";
import { collect } from "./streams";

const call = async (...args: string[]): Promise<{ status: number; out: string; note: string }> => {
  const streams = collect();
  const status = await runCommandLine(args, streams);
  return { status, out: streams.lines.out.join("\n"), note: streams.lines.note.join("\n") };
};

test("--help names every command, with any command before it", async () => {
  for (const args of [["--help"], ["-h"], ["help"], ["energy", "--help"]]) {
    const { status, out } = await call(...args);
    assert.equal(status, 0);
    for (const command of ["tabg energy", "tabg import", "tabg experiment", "tabg doctor", "tabg engine-tensorflow"])
      assert.ok(out.includes(command));
  }
});

test("a missing or unknown command is a usage error that lists the commands", async () => {
  assert.deepEqual(await call(), {
    status: 2,
    out: "",
    note: 'tabg: missing command, expected one of energy, import, experiment, evaluate, sample, ground-truth, langevin, doctor, engine-tensorflow; see "tabg --help"',
  });
  const unknown = await call("toString");
  assert.equal(unknown.status, 2);
  assert.match(unknown.note, /unknown command \(got toString\), expected one of energy/);
});

const FULL = "/dev/full"; // takes nothing, as a full disk
test("output that cannot be written ends nothing, and a lost result is a failure", { skip: !existsSync(FULL) }, () => {
  const full = openSync(FULL, "w");
  const main = path.join(__dirname, "..", "..", "src", "cli", "main.js");
  const run = (args: string[], stdio: StdioOptions) => spawnSync(process.execPath, [main, ...args], { stdio });
  const lost = run(["--help"], ["ignore", full, "pipe"]);
  assert.deepEqual([lost.status, String(lost.stderr)], [1, ""]);
  assert.equal(run(["nonsense"], ["ignore", "pipe", full]).status, 2);
  closeSync(full);
});

test("an unknown option or too many arguments are usage errors", async () => {
  const option = await call("doctor", "--colour", "red");
  assert.equal(option.status, 2);
  assert.match(option.note, /doctor: Unknown option '--colour'.*see "tabg --help"/s);
  const flag = await call("engine-tensorflow", "--gpu");
  assert.equal(flag.status, 2);
  assert.match(flag.note, /engine-tensorflow: Unknown option '--gpu'/);
  const argument = await call("doctor", "now");
  assert.equal(argument.status, 2);
  assert.match(argument.note, /doctor: invalid arguments \(got now\), expected none/);
  const empty = await call("energy", "a", "b", "--out", "");
  assert.match(empty.note, /invalid option --out \(got an empty value\)/);
});

test("the program itself ends with the status and keeps results and notes apart", () => {
  const program = path.join(__dirname, "../../src/cli/main.js");
  const help = spawnSync(process.execPath, [program, "--help"], { encoding: "utf8" });
  assert.deepEqual([help.status, help.stderr, help.stdout.startsWith("tabg: ")], [0, "", true]);
  const wrong = spawnSync(process.execPath, [program, "frobnicate"], { encoding: "utf8" });
  assert.deepEqual([wrong.status, wrong.stdout], [2, ""]);
});
