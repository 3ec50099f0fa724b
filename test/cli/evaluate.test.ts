import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runCommandLine } from "../../src/cli/main";
import { runToRecord } from "../../src/experiments/call";
import type { TruthMetrics } from "../../src/experiments/record";
import { readRecord, writeRecord } from "../../src/io/record";
import { CALL, tiny } from "../experiments/tiny";
import { collect } from "./streams";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-evaluate-"));
after(() => rmSync(folder, { recursive: true }));

test("a record without the comparison gets it; its other numbers stay", async () => {
  const record = (await runToRecord(tiny("reverse-kl"), { ...CALL, out: folder }))!;
  const older = { ...record, metrics: { ...record.metrics, truth: null } };
  writeRecord(folder, older);
  const streams = collect();
  assert.equal(await runCommandLine(["evaluate", folder], streams), 0);
  assert.match(streams.lines.out.join("\n"), /truth +200 samples\nEUBO +\d/);
  const { metrics, ...rest } = readRecord(path.join(folder, "record.json"));
  const [got, was] = [metrics.truth, record.metrics.truth] as [TruthMetrics, TruthMetrics];
  assert.deepEqual(got.forward, was.forward); // the same flow and the same exact samples
  assert.deepEqual({ ...rest, metrics: { ...metrics, truth: null } }, JSON.parse(JSON.stringify(older)));
});

test("a folder that holds no run is refused by name", async () => {
  const streams = collect();
  assert.equal(await runCommandLine(["evaluate", path.join(folder, "nowhere")], streams), 1);
  assert.match(streams.lines.note.join(), /missing or invalid file .*nowhere/);
});
