import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { withChanges } from "../../src/experiments/change";
import { findExperiment } from "../../src/experiments/presets";
import { PUBLISHED } from "../../src/experiments/published";
import { findRecords, resultRows } from "../../src/experiments/results";
import { dataPath } from "../../src/io/paths";
import { readRecord, type RunRecord, writeRecord } from "../../src/io/record";
import { resultsColumns, resultsMarkdown } from "../../src/notebook/results-table";
import { table } from "../../src/notebook/tables";

const base = readRecord(path.join(dataPath(), "aldp", "runs", "ta-bg-smoke-1", "record.json"));
const record = (changed: Partial<RunRecord>): RunRecord => ({ ...base, ...changed });

test("seeds of one experiment are one row, with their mean and standard deviation", () => {
  const truth = { sweepTv: { plain: 0.02, reweighted: 0.01 }, forward: { eubo: { value: -174.5, error: 0.1 } } };
  const rows = resultRows([
    record({ seed: 7, essFinal: 0.5, logZ: -175.1, evaluations: 3e6, metrics: {} }),
    record({ seed: 2, essFinal: 0.3, logZ: -174.9, evaluations: 1e6, metrics: { truth } }),
    record({ seed: 1, preset: "laptop", essFinal: null }),
  ]);
  const [row, single] = rows;
  assert.deepEqual(row!.seeds, [2, 7]);
  assert.ok(Math.abs(row!.ess!.mean - 0.4) < 1e-12 && Math.abs(row!.ess!.spread! - Math.SQRT2 / 10) < 1e-12);
  assert.deepEqual(row!.evaluations!.mean, 2e6);
  assert.deepEqual(row!.eubo, { mean: -174.5, spread: null }); // one of the two knows it
  assert.deepEqual([single!.preset, single!.ess, single!.seeds], ["laptop", null, [1]]);
});

test("experiments of one's own are apart if their settings are, and known by their ladders", () => {
  const smoke = findExperiment("aldp", "ta-bg", "smoke");
  const along = (ladder: number[], samples = smoke.anneal!.samples): Partial<RunRecord> => ({
    preset: "custom",
    config: { ...withChanges(smoke, { "anneal.ladder": ladder, "anneal.samples": samples }) },
  });
  const rows = resultRows([
    record({ ...along([1200, 600.04, 300]), seed: 1 }),
    record({ ...along([1200, 600.04, 300]), seed: 2 }),
    record({ ...along([1200, 600.04, 300], 200), seed: 1 }),
    record({ ...along([1000, 300]), seed: 1 }),
    record({ seed: 3 }),
  ]);
  const own = rows.filter(({ preset }) => preset !== "published");
  assert.deepEqual(
    own.map(({ seeds, base, changes }) => [seeds, base, changes.map(({ got }) => got)]),
    [
      [[3], null, []],
      [[1, 2], "smoke", [[1200, 600.04, 300]]],
      [[1], "smoke", [[1200, 600.04, 300], 200]],
      [[1], "smoke", [[1000, 300]]], // what the first stage's temperature is goes without saying
    ],
  );
  assert.match(resultsMarkdown(rows), /\| smoke with ladder 1200, 600, 300 \| 1, 2 \|/);
  assert.match(resultsMarkdown(rows), /\| smoke with ladder 1200, 600, 300; samples 200 \| 1 \|/);
  assert.deepEqual(resultsColumns(rows).changes!.slice(0, 2), ["", "anneal.ladder=[1200,600.04,300]"]);
});

test("learning from a simulation costs the simulation", () => {
  const metrics = { dataEvaluations: 5e6 };
  const rows = resultRows([record({ method: "forward-kl", evaluations: 0, metrics })]);
  assert.equal(rows.find(({ preset }) => preset === "smoke")!.evaluations!.mean, 5e6);
});

test("modes of the mixture count between half and twice their weight, at the last temperature", () => {
  const basin = (name: number, reweighted: number): RunRecord["basins"][number] => ({
    ...base.basins[0]!,
    basin: `mode ${name}`,
    reweighted,
  });
  const shares = [0.25, 0.13, 0.12, 0.5]; // of four modes
  const basins = [...[0, 1, 2, 3].map((k) => basin(k, 0.25)), ...shares.map((share, k) => basin(k, share))];
  assert.equal(resultRows([record({ system: "gmm", basins })])[0]!.modes!.mean, 2);
});

test("every row is a record's or a published one; rows stand by system, method and preset", () => {
  const rows = resultRows([]);
  assert.equal(rows.length, PUBLISHED.length);
  assert.ok(rows.every(({ preset }) => preset === "published"));
  const mixed = resultRows([record({ method: "fab", preset: "paper" }), record({ preset: "laptop" }), record({})]);
  assert.deepEqual(
    mixed.slice(0, 7).map(({ method, preset }) => `${method} ${preset}`),
    ["ta-bg smoke", "ta-bg laptop", "ta-bg published", "reverse-kl published", "forward-kl published", "fab paper", "fab published"], // prettier-ignore
  );
});

test("records are found below a data folder, and a run without one is passed over", () => {
  const data = mkdtempSync(path.join(tmpdir(), "tabg-results-"));
  mkdirSync(path.join(data, "gmm"));
  mkdirSync(path.join(data, "aldp", "runs", "under-way"), { recursive: true });
  writeRecord(path.join(data, "aldp", "runs", "one"), base);
  assert.deepEqual(
    findRecords(data).map(({ seed }) => seed),
    [base.seed],
  );
  rmSync(data, { recursive: true });
});

test("the tables show what is known: Markdown by system, columns in full", () => {
  const rows = resultRows([record({ seed: 1, essFinal: 0.36 }), record({ seed: 2, essFinal: 0.44 })]);
  const text = resultsMarkdown(rows);
  assert.match(text, /## aldp/);
  assert.match(text, /\| TA-BG \| smoke \| 1, 2 \| 40.0 ± 5.7 \|/);
  assert.match(text, /\| reverse KL \(collapsed\) \| published \|/);
  assert.doesNotMatch(text, /modes|NaN|undefined/);
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const widths = new Set(lines.map((line) => line.split("|").length));
  assert.equal(widths.size, 2); // aldp knows more than the others
  const csv = table(resultsColumns(rows)).toCSV().trim().split("\n");
  assert.equal(csv.length, 1 + rows.length);
  assert.ok(csv[1]!.startsWith("aldp,ta-bg,smoke,1 2,"));
});
