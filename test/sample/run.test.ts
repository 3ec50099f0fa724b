import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { readNpy } from "../../src/io/npy";
import { GROUND_TRUTH } from "../../src/sample/presets";
import { type GroundTruthCall, runGroundTruth } from "../../src/sample/run";
import { loadGroundTruth } from "../../src/sample/store";
import type { GroundTruthRecord } from "../../src/sample/truth-record";

const root = mkdtempSync(path.join(tmpdir(), "tabg-ground-truth-"));
after(() => rmSync(root, { recursive: true }));

const TINY = { ...GROUND_TRUTH.aldp.smoke, runs: 2, levels: 3, rounds: [3, 4], frames: 4, sweepsPerFrame: 2, relaxations: 60 }; // prettier-ignore
const tiny = (out: string): GroundTruthCall => ({ system: "aldp", preset: "tiny", settings: TINY, seed: 5, out: path.join(root, out), threads: 2 }); // prettier-ignore

/** Runs a call, interrupted after so many sweeps. */
async function runUntil(call: GroundTruthCall, sweep: number): Promise<GroundTruthRecord | null> {
  const abort = new AbortController();
  const onProgress = (progress: { sweep: number }): void => {
    if (progress.sweep === sweep) abort.abort();
  };
  return runGroundTruth({ ...call, onProgress, signal: abort.signal });
}

test("the smoke preset of alanine dipeptide: files, record, and equipartition", async () => {
  const out = path.join(root, "smoke");
  const settings = GROUND_TRUTH.aldp.smoke;
  const record = await runGroundTruth({ system: "aldp", preset: "smoke", settings, seed: 1, out });
  assert.ok(record);
  const names = ["frames", "moments", "ramachandran"].flatMap((name) => [`${name}-1200K.npy`, `${name}-300K.npy`]);
  assert.deepEqual(readdirSync(out).sort(), [...names, "record.json"]);
  for (const [kelvin, perRun] of [
    ["300K", settings.frames],
    ["1200K", Math.ceil(settings.frames / 4)],
  ] as const) {
    const n = settings.runs * perRun;
    const frames = readNpy(path.join(out, `frames-${kelvin}.npy`));
    assert.deepEqual(frames.shape, [n, 60]);
    assert.ok(frames.data instanceof Float32Array && frames.data.every((x) => x >= 0 && x <= 1));
    const counts = readNpy(path.join(out, `ramachandran-${kelvin}.npy`));
    assert.deepEqual(counts.shape, [1, 100, 100]);
    assert.equal(
      (counts.data as Float64Array).reduce((a, b) => a + b),
      settings.runs * record.sweeps,
    );
    const moments = readNpy(path.join(out, `moments-${kelvin}.npy`));
    assert.deepEqual(moments.shape, [60, 4]);
    // The mean bond of all sweeps is near that of the frames.
    const bond = frames.data.reduce((sum, x, k) => sum + (k % 60 === 0 ? x / n : 0), 0);
    assert.ok(Math.abs(moments.data[0]! - bond) < 0.03);
  }
  // Exactly 1 for exact samples. Four runs of 100 sweeps: errors of some 0.02; ten of 0.03 would not hide a wrong force or log-det.
  for (const { virial, energy } of [record.cold, record.hot]) {
    assert.ok(Math.abs(virial.value - 1) < 0.1, `virial ${virial.value} +- ${virial.error}`);
    assert.ok(Number.isFinite(energy.error));
  }
  assert.ok(record.acceptance.every((a) => a > 0.6 && a < 0.98));
  assert.ok(record.swapRates.every((a) => a > 0.2 && a < 0.7));
  assert.ok(record.roundTrips.some((trips) => trips > 0));
  assert.equal(record.cold.ess.length, 19);
  // Relaxing, the first evaluation, and 6 evaluations per sweep of 28 walkers.
  assert.equal(record.evaluations, 4 * 201 + 28 + 28 * 6 * (125 + 100));
  const stored = JSON.parse(readFileSync(path.join(out, "record.json"), "utf8")) as GroundTruthRecord;
  assert.equal(stored.command, "npm run ground-truth -- aldp --preset smoke --seed 1");
  assert.deepEqual(stored.settings, settings);
});

test("an interrupted run, resumed in the warm-up and in the sampling, ends with the bits of one that was not", async () => {
  const whole = await runGroundTruth(tiny("whole"));
  const parts = tiny("parts");
  assert.equal(await runUntil(parts, 5), null);
  assert.deepEqual(readdirSync(parts.out), ["checkpoint-000001.safetensors"], "no result before the end");
  assert.equal(await runUntil({ ...parts, resume: true, threads: 0 }, 11), null);
  const resumed = await runGroundTruth({ ...parts, resume: true });
  assert.deepEqual({ ...resumed, wallSeconds: 0 }, { ...whole, wallSeconds: 0 });
  for (const name of readdirSync(path.join(root, "whole")).filter((file) => file.endsWith(".npy"))) {
    assert.deepEqual(readFileSync(path.join(parts.out, name)), readFileSync(path.join(root, "whole", name)), name);
  }
  assert.ok(readdirSync(parts.out).every((name) => !/checkpoint|lock|tmp/.test(name)));
});

test("frames, histograms and record are loaded by temperature; where there are none, the error says how to make them", () => {
  const folder = path.join(root, "whole");
  const cold = loadGroundTruth("aldp", { folder });
  assert.deepEqual([cold.n, cold.dof, cold.x.length, cold.runs], [8, 60, 480, [4, 4]]);
  assert.equal(cold.summary.temperature, 300);
  const hot = loadGroundTruth("aldp", { folder, temperature: 1200 });
  assert.deepEqual([hot.n, hot.runs, hot.summary.temperature], [2, [1, 1], 1200]);
  // Every sweep of two runs is in the histogram: four frames of two sweeps.
  assert.equal(
    hot.ramachandran[0]!.weights.reduce((a, b) => a + b),
    16,
  );
  assert.throws(
    () => loadGroundTruth("aldp", { folder: root }),
    /missing file .*frames-300K.npy, expected that of 300 K; .* npm run ground-truth -- aldp --preset full/,
  );
});

test("other seeds give other frames", async () => {
  await runGroundTruth({ ...tiny("other"), seed: 6 });
  const [a, b] = ["whole", "other"].map((out) => readNpy(path.join(root, out, "frames-300K.npy")).data);
  assert.notDeepEqual(a, b);
});

test("a checkpoint is not overwritten, not taken for another run's, and not invented", async () => {
  const call = tiny("stopped");
  await runUntil(call, 4);
  await assert.rejects(runGroundTruth(call), /invalid folder \(got .*stopped with the checkpoint .*\), expected none; call with --resume/); // prettier-ignore
  await assert.rejects(runGroundTruth({ ...call, seed: 9, resume: true }), /ground-truth: mismatched checkpoint/);
  await assert.rejects(runGroundTruth({ ...tiny("empty"), resume: true }), /ground-truth: missing checkpoint/);
});

test("settings that cannot work and unknown systems are refused", async () => {
  const wrong = (settings: object): Promise<unknown> => runGroundTruth({ ...tiny("wrong"), settings: { ...TINY, ...settings } }); // prettier-ignore
  await assert.rejects(wrong({ frames: 3 }), /initTrace: invalid options \(got 3 frames/);
  await assert.rejects(wrong({ levels: 1 }), /initGroundTruth: invalid ladder/);
  await assert.rejects(wrong({ leapfrogs: 0 }), /initHmc: invalid options/);
  await assert.rejects(runGroundTruth({ ...tiny("wrong"), system: "water" }), /loadSystem: unknown system/);
});
