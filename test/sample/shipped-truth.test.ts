import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Estimate } from "../../src/evaluate/logz";
import { readSamplesRecord } from "../../src/experiments/samples-record";
import { readRecord } from "../../src/io/record";
import { dataPath } from "../../src/io/paths";
import {
  averageEstimates,
  compareEstimates,
  compareLeftHanded,
  compareWithLangevin,
  shareToFreeEnergy,
} from "../../src/sample/agreement";
import { readLangevin } from "../../src/sample/langevin-run";
import { loadGroundTruth } from "../../src/sample/store";
import { readGroundTruthRecord } from "../../src/sample/truth-record";
import { loadSystem } from "../../src/target/molecule";

/**
 * Frames at 300 K and at 1200 K, the share of the cold ones that the slowest torsion is worth at least, and the largest standard error of
 * F(phi > 0) of a residue, kT.
 */
const SHIPPED = {
  aldp: { cold: 20_000, hot: 5000, worth: 0.9, error: 0.1 },
  tetra: { cold: 20_000, hot: 5000, worth: 0.75, error: 0.2 },
  hexa: { cold: 20_000, hot: 5000, worth: 0.18, error: 0.3 },
} as const;

for (const [system, expected] of Object.entries(SHIPPED)) {
  test(`${system}: runs that agree, frames worth what is said of them, free energies that are known well`, () => {
    const [cold, hot] = [300, 1200].map((temperature) => loadGroundTruth(system, { temperature }));
    for (const [truth, n] of [
      [cold!, expected.cold],
      [hot!, expected.hot],
    ] as const) {
      assert.equal(truth.n, n);
      assert.ok(truth.x.every((x) => x >= 0 && x <= 1));
      const known = truth.summary.rhat.filter((value) => value !== null);
      assert.ok(Math.max(...known) < 1.01, `R-hat ${Math.max(...known)}`);
      const least = Math.min(...truth.summary.ess.filter((value) => value !== null));
      assert.ok(least > expected.worth * truth.summary.frames, `${least} effective frames`);
      const { value, error } = truth.summary.virial;
      assert.ok(error < 1e-3 && Math.abs(value - 1) < 4 * error, `virial ${value} +- ${error}`);
    }
    cold!.summary.leftHanded.forEach(({ share, rhat }, residue) => {
      const { error } = shareToFreeEnergy(share);
      assert.ok(error < expected.error, `residue ${residue + 1}: F(phi > 0) +- ${error} kT`);
      assert.ok(rhat < 1.01);
    });
    const folder = dataPath(system, "ground-truth");
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
    assert.ok(bytes < 25e6, `${bytes} bytes`);
  });
}

test("aldp: two more sets of runs, Langevin dynamics and a flow of ESS above 50 % agree with it", () => {
  const truth = loadGroundTruth("aldp");
  const others = [1, 2].map((seed) =>
    readGroundTruthRecord(dataPath("aldp", "ground-truth", `record-seed-${seed}.json`)),
  );
  assert.deepEqual(
    [truth.record, ...others].map(({ seed }) => seed),
    [0, 1, 2],
  );
  const run = readRecord(dataPath("aldp", "runs", "ta-bg-laptop-1", "record.json"));
  // The 2,500,000 samples from which its last refinement learned.
  assert.ok(run.essPerRung.at(-1)! > 0.5);
  const { reweighted, reweightedError } = run.basins.filter(({ temperature }) => temperature === 300).at(-2)!;
  const flow = shareToFreeEnergy({ value: reweighted!, error: reweightedError! });
  const sets = others.flatMap(({ cold }) => compareLeftHanded(truth.summary, cold));
  for (const row of [...sets, compareEstimates("the flow", sets[0]!.first, flow)]) {
    assert.ok(Math.abs(row.sigmas) < 2, `${row.quantity}: ${row.sigmas} combined standard errors`);
    assert.ok(row.first.error < 0.1 && row.second.error < 0.1);
  }
  const langevin = readLangevin(dataPath("aldp", "ground-truth", "langevin-1200K.json"));
  const hot = loadGroundTruth("aldp", { temperature: 1200 });
  for (const { quantity, sigmas } of compareWithLangevin(loadSystem("aldp"), hot, langevin)) {
    assert.ok(Math.abs(sigmas) < 3, `${quantity}: ${sigmas} combined standard errors`);
  }
});

test("aldp: one flow for all temperatures has the share of phi > 0 that parallel tempering has, at 300, 600 and 1200 K", () => {
  const shares = (files: readonly string[], end: "cold" | "hot"): Estimate =>
    averageEstimates(
      files.map((file) => readGroundTruthRecord(dataPath("aldp", "ground-truth", file))[end].leftHanded[0]!.share),
    );
  const full = ["record.json", "record-seed-1.json", "record-seed-2.json"];
  const warm = [0, 1, 2].map((seed) => `record-600K-seed-${seed}.json`);
  const truth = { 300: shares(full, "cold"), 600: shares(warm, "cold"), 1200: shares(full, "hot") };
  for (const [temperature, tempered] of Object.entries(truth)) {
    const file = dataPath("aldp", "runs", "conditioned-laptop-1", `at-${temperature}K`, "samples.json");
    const { temperature: at, basins } = readSamplesRecord(file);
    assert.equal(String(at), temperature);
    const flow = { value: basins[0]!.reweighted, error: basins[0]!.reweightedError };
    const { sigmas } = compareEstimates("phi > 0", flow, tempered);
    assert.ok(Math.abs(sigmas) < 2, `${temperature} K: ${sigmas} combined standard errors`);
    assert.ok(flow.error / flow.value < 0.1 && tempered.error / tempered.value < 0.1);
  }
});

test("hexa: samples led to the target have the shares of phi > 0 that parallel tempering has, and nearly all of them count", () => {
  const led = readSamplesRecord(dataPath("hexa", "runs", "hot-chains-laptop-1", "annealed", "samples.json"));
  const run = readRecord(dataPath("hexa", "runs", "hot-chains-laptop-1", "record.json"));
  assert.ok(led.essUncut > 3 * run.essFinal!);
  const { leftHanded } = readGroundTruthRecord(dataPath("hexa", "ground-truth", "record.json")).cold;
  assert.equal(led.basins.length, leftHanded.length);
  led.basins.forEach(({ basin, reweighted, reweightedError }, k) => {
    const { sigmas } = compareEstimates(basin, { value: reweighted, error: reweightedError }, leftHanded[k]!.share);
    assert.ok(Math.abs(sigmas) < 2, `${basin}: ${sigmas} combined standard errors`);
    assert.ok(reweightedError / reweighted < 0.25);
  });
});
