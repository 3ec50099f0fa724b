import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import { recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { trainReverseKl } from "../../src/experiments/stages";
import { loadRun, saveRun } from "../../src/experiments/store";
import { readRecord } from "../../src/io/record";
import { loadSystem } from "../../src/target/molecule";
import { filesOf } from "../molecules/fixtures";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-own-"));
after(() => rmSync(folder, { recursive: true }));

const molecule = loadSystem({ ...filesOf("paracetamol"), name: "paracetamol" });
const smoke = findExperiment("aldp", "reverse-kl", "smoke");
const experiment = {
  ...smoke,
  system: molecule.name,
  preset: "custom" as const,
  flow: { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 },
  reverseKl: { ...smoke.reverseKl!, iterations: 3, batch: 16, drop: { first: 8, last: 8, iterations: 0 } },
};

test("a molecule of one's own is trained, recorded by its name, stored and opened again", async () => {
  const options = { seed: 1, threads: 1, molecule };
  const run = startRun(experiment, options);
  await trainReverseKl(run);
  saveRun(run, recordRun(run, await sampleRun(run, 20)), folder);
  const record = readRecord(path.join(folder, "record.json"));
  assert.equal(record.system, "paracetamol");
  assert.deepEqual([record.evaluations, record.gradientSteps], [48, 3]);
  const again = loadRun(folder, { threads: 1, molecule });
  const parameters = (of: typeof run): Float32Array => of.setup.model.engine.state().parameters;
  assert.deepEqual(parameters(again), parameters(run));
  await run.setup.close();
  await again.setup.close();
});

test("an experiment on another molecule, or one by the name of a shipped one, is refused", () => {
  assert.throws(() => startRun(smoke, { seed: 1, molecule }), /got an experiment on aldp for the molecule paracetamol/);
  const named = { ...molecule, name: "aldp" };
  assert.throws(
    () => startRun(smoke, { seed: 1, molecule: named }),
    /expected the molecule's name, and none of gmm, aldp/,
  );
});
