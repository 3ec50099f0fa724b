import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import { recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { loadRun, saveRun } from "../../src/experiments/store";
import type { FlowSpec } from "../../src/flow/spec";
import { readRecord } from "../../src/io/record";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors";
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

test("a flow whose couplings are of other degrees of freedom is refused", () => {
  const file = path.join(folder, "flow.safetensors");
  const { tensors, metadata } = readSafetensors(file);
  const { couplings, ...flow } = JSON.parse(metadata.flow!) as FlowSpec;
  writeSafetensors(file, { tensors, metadata: { ...metadata, flow: JSON.stringify({ ...flow, couplings: [...couplings].reverse() }) } }); // prettier-ignore
  assert.throws(() => loadRun(folder), /loadRun: mismatched flow in .*flow\.safetensors/);
  // A file that is older does not say.
  const older = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== "flow"));
  writeSafetensors(file, { tensors, metadata: older });
  void loadRun(folder, { threads: 1 }).setup.close();
});

test("a file that is missing, or is not a flow, is refused by name", () => {
  assert.throws(() => loadRun(path.join(folder, "nowhere")), /nowhere/);
  writeFileSync(path.join(folder, "flow.safetensors"), "not a flow");
  assert.throws(() => loadRun(folder), /flow\.safetensors/);
});
