import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import { recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { loadRun, saveRun } from "../../src/experiments/store";
import { readRecord } from "../../src/io/record";
import { logProb } from "../../src/train/model";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-store-"));
after(() => rmSync(folder, { recursive: true }));

test("a stored run is loaded with the same flow and the same record", async () => {
  const run = startRun(findExperiment("gmm", "ta-bg", "smoke"), { seed: 7, threads: 1 });
  const { engine } = run.setup.model;
  const state = engine.state();
  engine.restore({ ...state, parameters: state.parameters.map((v, i) => v + 0.05 * Math.sin(i)) });
  const samples = await sampleRun(run, 50);
  const record = recordRun(run, samples);
  saveRun(run, record, folder);
  const loaded = loadRun(folder, { threads: 1 });
  assert.deepEqual(await logProb(loaded.setup.model, samples.x, 50), await logProb(run.setup.model, samples.x, 50));
  assert.deepEqual([loaded.seed, loaded.experiment], [7, run.experiment]);
  assert.equal(readRecord(path.join(folder, "record.json")).logZ, record.logZ);
  await Promise.all([run.setup.close(), loaded.setup.close()]);
});

test("a file that is missing, or is not a flow, is refused by name", () => {
  assert.throws(() => loadRun(path.join(folder, "nowhere")), /nowhere/);
  writeFileSync(path.join(folder, "flow.safetensors"), "not a flow");
  assert.throws(() => loadRun(folder), /flow\.safetensors/);
});
