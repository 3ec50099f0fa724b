import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { dataPath } from "../../src/io/paths";
import { readLangevin } from "../../src/sample/langevin-run";
import { readGroundTruthRecord } from "../../src/sample/truth-record";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
after(() => rmSync(folder, { recursive: true }));

/** A shipped record with other fields. */
function changed(name: string, fields: object): string {
  const file = path.join(folder, name);
  const record = JSON.parse(readFileSync(dataPath("aldp", "ground-truth", name), "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...record, ...fields }));
  return file;
}

test("records of ground truth name the field that is not what it should be", () => {
  const name = "record-seed-1.json";
  assert.equal(readGroundTruthRecord(changed(name, {})).seed, 1);
  const cases = [
    [{ seed: -1 }, /record .*record-seed-1\.json: invalid field seed \(got -1\), expected a non-negative integer/],
    [{ system: undefined }, /missing field system \(got nothing\), expected a text/],
    [{ cold: { temperature: 300 } }, /invalid field cold .*expected an object of temperature, frames, energy/],
    [{ acceptance: ["much"] }, /invalid field acceptance \(got \["much"\]\), expected an array of numbers or nulls/],
  ] as const;
  for (const [fields, message] of cases) assert.throws(() => readGroundTruthRecord(changed(name, fields)), message);
});

test("records of Langevin dynamics likewise; a file of something else is no record", () => {
  const name = "langevin-1200K.json";
  assert.equal(readLangevin(changed(name, {})).system, "aldp");
  assert.throws(
    () => readLangevin(changed(name, { means: { energy: 3 } })),
    /invalid field means .*expected an object of estimates/,
  );
  assert.throws(
    () => readLangevin(dataPath("aldp", "topology.pdb")),
    /readLangevin: missing or invalid file .*topology\.pdb \(.*JSON.*make it with/,
  );
  assert.throws(
    () => readGroundTruthRecord(path.join(folder, "none.json")),
    /readGroundTruthRecord: missing or invalid file .*none\.json/,
  );
});
