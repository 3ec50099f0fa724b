import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { parseExperiment } from "../../src/cli/experiment";
import { summarise } from "../../src/cli/summary";
import { runCommandLine } from "../../src/cli/main";
import { HELP, UsageError } from "../../src/cli/usage";
import { DEVICES } from "../../src/engine/devices";
import { METHODS, PRESETS, SYSTEMS } from "../../src/experiments/presets";
import type { RunRecord } from "../../src/io/record";
import { collect } from "./streams";

test("a call has the smallest preset, seed 0 and a folder named after itself unless told", () => {
  const out = path.join("runs", "gmm-ta-bg-smoke-0");
  assert.deepEqual(parseExperiment(["gmm", "ta-bg"]), {
    system: "gmm",
    method: "ta-bg",
    preset: "smoke",
    seed: 0,
    device: "cpu",
    out,
    resume: false,
  });
  const told = [
    "aldp",
    "reverse-kl",
    "--preset",
    "laptop",
    "--seed",
    "7",
    "--device",
    "auto",
    "--out",
    "x",
    "--resume",
  ];
  const expected = {
    system: "aldp",
    method: "reverse-kl",
    preset: "laptop",
    seed: 7,
    device: "auto",
    out: "x",
    resume: true,
  };
  assert.deepEqual(parseExperiment(told), expected);
});

test("what is unknown is a usage error that lists what is known", () => {
  const wrong: [string[], RegExp][] = [
    [["water", "ta-bg"], /experiment: unknown system \(got water\), expected one of gmm, aldp/],
    [["gmm", "magic"], /experiment: unknown method \(got magic\), expected one of ta-bg/],
    [["gmm", "ta-bg", "--preset", "huge"], /experiment: unknown preset \(got huge\), expected one of smoke/],
    [
      ["gmm", "ta-bg", "--device", "tpu"],
      /unknown device \(got tpu\), expected one of auto, cpu, webgpu, cuda, tensorflow/,
    ],
    [["gmm", "ta-bg", "--seed", "1.5"], /invalid option --seed \(got 1.5\), expected an integer/],
    [["gmm", "ta-bg", "--seed", "9007199254740992"], /invalid option --seed/],
    [["gmm", "ta-bg", "--seed", "abc"], /invalid option --seed \(got abc\)/],
    [["gmm"], /experiment: missing arguments \(got gmm\), expected SYSTEM METHOD/],
    [[], /experiment: missing arguments \(got none\)/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(
      () => parseExperiment(args),
      (error) => error instanceof UsageError && message.test(error.message),
      args.join(" "),
    );
  }
});

test("a ladder of one's own comes down to where the preset's does", () => {
  const call = parseExperiment(["gmm", "ta-bg", "--ladder", "20,4.5,1,1", "--threads", "3"]);
  assert.deepEqual([call.ladder, call.threads], [[20, 4.5, 1, 1], 3]);
  assert.equal(call.out, path.join("runs", "gmm-ta-bg-smoke-20-4.5-1-1-0"));
  const wrong: [string, string, string, RegExp][] = [
    ["gmm", "ta-bg", "30,x,1", /invalid option --ladder \(got "x" in 30,x,1\), expected temperatures/],
    ["gmm", "ta-bg", "30,,1", /invalid option --ladder \(got "" in 30,,1\)/],
    [
      "gmm",
      "ta-bg",
      "30,5,6,1",
      /invalid temperature at position 2 \(got 6 after 5\), expected the ladder to decrease/,
    ],
    ["gmm", "ta-bg", "30,0,1", /invalid temperature at position 1 \(got 0\)/],
    ["gmm", "ta-bg", "1", /invalid length \(got 1\)/],
    ["gmm", "ta-bg", "30,5,2", /invalid end \(got 2\), expected 1, where gmm is evaluated/],
    ["aldp", "ta-bg", "1200,310", /invalid end \(got 310\), expected 300/],
    ["gmm", "fab", "30,1", /invalid method \(got fab\), expected one that anneals/],
  ];
  for (const [system, method, ladder, message] of wrong) {
    assert.throws(
      () => parseExperiment([system, method, "--ladder", ladder]),
      (error) => error instanceof UsageError && message.test(error.message),
      ladder,
    );
  }
  assert.throws(() => parseExperiment(["gmm", "ta-bg", "--threads", "0"]), /invalid option --threads \(got 0\)/);
});

test("options are set by their places, again and again", () => {
  const set = (...texts: string[]) =>
    parseExperiment(["gmm", "ta-bg", "--seed", "2", ...texts.flatMap((text) => ["--set", text])]);
  const { changes, out } = set("flow.hidden=32", "anneal.schedule.peak=2e-3", "anneal.reuse=1", "anneal.ladder=30,6,1");
  assert.deepEqual(changes, {
    "flow.hidden": 32,
    "anneal.schedule.peak": 2e-3,
    "anneal.reuse": 1,
    "anneal.ladder": [30, 6, 1],
  });
  assert.equal(
    out,
    path.join("runs", "gmm-ta-bg-smoke-flow.hidden=32-anneal.schedule.peak=2e-3-anneal.reuse=1-anneal.ladder=30,6,1-2"),
  );
  assert.deepEqual(set("anneal.knownDensities=true", "anneal.passes=null").changes, {
    "anneal.knownDensities": true,
    "anneal.passes": null,
  });
  const wrong: [string, RegExp][] = [
    ["flow.hidden", /invalid option --set \(got flow.hidden\), expected OPTION=VALUE/],
    ["flow.hidden=", /expected OPTION=VALUE/],
    ["flow.hidden=wide", /expected OPTION=VALUE/],
    ["flow.width=3", /unknown option flow.width \(got 3\), expected one of couplings, hidden/],
    ["fab.batch=3", /expected none below fab, which is null/],
    ["anneal.ladder=30,2", /invalid end \(got 2\), expected 1/],
    ["constructor.name=1", /unknown option/],
  ];
  for (const [text, message] of wrong)
    assert.throws(
      () => set(text),
      (error) => error instanceof UsageError && message.test(error.message),
      text,
    );
});

test("a folder that cannot be made is an error before anything is trained", async () => {
  const streams = collect();
  const status = await runCommandLine(["experiment", "gmm", "ta-bg", "--out", path.join(__filename, "below")], streams);
  assert.equal(status, 1);
  assert.match(
    streams.lines.note.join(),
    /experiment: invalid option --out \(got .*below\), expected a folder to write to/,
  );
});

test("the help text names every system, method, preset and device", () => {
  for (const name of [...SYSTEMS, ...METHODS, ...PRESETS, ...DEVICES]) assert.ok(HELP.includes(name), name);
});

test("the summary says what is not available instead of inventing it", () => {
  const record = {
    system: "gmm",
    method: "reverse-kl",
    preset: "smoke",
    seed: 1,
    engine: "test",
    essFinal: 0.1234,
    essDirect: null,
    essPerRung: [],
    evaluations: 10,
    gradientSteps: 5,
    wallSeconds: 2,
    logZ: null,
    logZError: null,
  } as unknown as RunRecord;
  const text = summarise(record).join("\n");
  assert.match(text, /ESS +12\.3 % \(.*: not available\)/);
  assert.match(text, /per rung +none/);
  assert.match(text, /log Z +not available/);
});
