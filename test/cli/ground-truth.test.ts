import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { parseGroundTruth } from "../../src/cli/ground-truth";
import { runCommandLine } from "../../src/cli/main";
import { HELP, UsageError } from "../../src/cli/usage";
import { dataPath } from "../../src/io/paths";
import { GROUND_TRUTH_PRESETS, GROUND_TRUTH_SYSTEMS } from "../../src/sample/presets";
import { collect } from "./streams";

test("a trial goes to runs/, the full run to data/, unless told", () => {
  const trial = {
    system: "aldp",
    preset: "smoke",
    seed: 0,
    out: path.join("runs", "aldp-ground-truth"),
    resume: false,
  };
  assert.deepEqual(parseGroundTruth(["aldp"]), trial);
  const full = parseGroundTruth(["hexa", "--preset", "full", "--seed", "3", "--resume"]);
  assert.deepEqual(full, { system: "hexa", preset: "full", seed: 3, out: dataPath("hexa", "ground-truth"), resume: true }); // prettier-ignore
  assert.equal(parseGroundTruth(["tetra", "--preset", "full", "--out", "here"]).out, "here");
});

test("what is unknown is a usage error that lists what is known", () => {
  const wrong: [string[], RegExp][] = [
    [["gmm"], /ground-truth: unknown system \(got gmm\), expected one of aldp, tetra, hexa/],
    [["aldp", "--preset", "paper"], /unknown preset \(got paper\), expected one of smoke, short, warm, full/],
    [["aldp", "--seed", "-1"], /ground-truth: /],
    [["aldp", "--seed", "x"], /invalid option --seed \(got x\)/],
    [[], /missing arguments \(got none\), expected SYSTEM/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => parseGroundTruth(args), (error) => error instanceof UsageError && message.test(error.message)); // prettier-ignore
  }
  for (const name of [...GROUND_TRUTH_SYSTEMS, ...GROUND_TRUTH_PRESETS, "--resume"]) assert.ok(HELP.includes(name));
});

test("the smoke preset runs from the command line and says what came out", async () => {
  const out = mkdtempSync(path.join(tmpdir(), "tabg-ground-truth-"));
  const streams = collect();
  const status = await runCommandLine(["ground-truth", "aldp", "--out", out], streams);
  const text = streams.lines.out.join("\n");
  assert.equal(status, 0, streams.lines.note.join("\n"));
  assert.match(text, /run +aldp, preset smoke, seed 0: 4 runs of 100 sweeps/);
  assert.match(text, /300 +K +200 frames, worth at least \d+ by the slowest torsion; largest R-hat [\d.]+/);
  assert.ok(!text.includes("NaN"), text);
  assert.equal(await runCommandLine(["ground-truth", "aldp", "--out", out, "--resume"], streams), 1);
  assert.match(streams.lines.note.join("\n"), /tabg: ground-truth: missing checkpoint/);
  rmSync(out, { recursive: true });
});
