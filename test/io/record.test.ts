import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { readRecord, type RunRecord, writeRecord } from "../../src/io/record";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-record-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const record: RunRecord = {
  system: "aldp",
  method: "ta-bg",
  preset: "smoke",
  seed: 3,
  engine: "onnxruntime-node cpu, 2 threads",
  essFinal: 0.61,
  essDirect: 0.0002,
  essPerRung: [0.32, 0.25],
  evaluations: 12,
  evaluationsByKind: { energies: 4, gradients: 8 },
  gradientSteps: 100,
  wallSeconds: 1.5,
  logZ: -175,
  logZError: 0.01,
  basins: [
    {
      basin: "phi > 0",
      temperature: 300,
      sampled: 0.01,
      sampledError: 0.001,
      reweighted: 0.02,
      reweightedError: 0.003,
      samples: 100,
      effective: 40,
    },
  ],
  losses: [{ stage: "reverse-kl", temperature: 1200, iterations: [0, 10], values: [1e6, 2] }],
  config: { flow: { couplings: 8 } },
  versions: { tabg: "0.1.0" },
  metrics: { kld: 0.1 },
};

test("a record survives writing and reading, and its folder is made", () => {
  const file = writeRecord(path.join(folder, "runs", "first"), record);
  assert.equal(file, path.join(folder, "runs", "first", "record.json"));
  assert.deepEqual(readRecord(file), record);
  assert.deepEqual(readdirSync(path.dirname(file)), ["record.json"]);
});

test("numbers that are not finite are written as null, and typed arrays as arrays", () => {
  const essPerRung = Float64Array.of(0.5, NaN) as unknown as number[];
  const file = writeRecord(path.join(folder, "nan"), { ...record, logZ: NaN, essPerRung });
  assert.deepEqual(readRecord(file), { ...record, logZ: null, essPerRung: [0.5, null] });
});

test("a missing or wrong field is named, and nothing is written", () => {
  const wrong: [string, unknown, RegExp][] = [
    ["essFinal", undefined, /missing field essFinal \(got nothing\), expected a number or null/],
    ["seed", -1, /invalid field seed \(got -1\), expected a non-negative integer/],
    ["evaluationsByKind", { energies: "4" }, /invalid field evaluationsByKind/],
    ["essPerRung", 0.5, /invalid field essPerRung \(got 0.5\), expected an array/],
    ["engine", "", /invalid field engine/],
    ["config", [], /invalid field config \(got \[\]\), expected an object/],
  ];
  for (const [field, value, message] of wrong) {
    const where = path.join(folder, "wrong");
    assert.throws(() => writeRecord(where, { ...record, [field]: value } as RunRecord), message);
    assert.ok(!existsSync(path.join(where, "record.json")));
  }
});

test("a file that is missing, cut or no record is refused with its name", () => {
  const file = writeRecord(path.join(folder, "cut"), record);
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 100));
  assert.throws(() => readRecord(file), /readRecord: missing or invalid file .*cut.record\.json .*run the experiment/);
  assert.throws(() => readRecord(path.join(folder, "none.json")), /missing or invalid file .*none\.json/);
  writeFileSync(file, "null");
  assert.throws(() => readRecord(file), /missing field system/);
});
