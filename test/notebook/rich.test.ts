import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import type { Run } from "../../src/experiments/run";
import { dataPath } from "../../src/io/paths";
import { readRecord } from "../../src/io/record";
import { ladderChart } from "../../src/notebook/charts/rungs";
import { compare } from "../../src/notebook/compare";
import { contentsOf } from "../../src/notebook/rich";
import { isShowable, show } from "../../src/notebook/show";
import { table } from "../../src/notebook/tables";
import { createSamples } from "../../src/target/samples";
import { loadSystem } from "../../src/target/molecule";
import { forecastLadder } from "../../src/train/forecast";

const record = readRecord(path.join(dataPath("aldp", "runs", "ta-bg-smoke-1"), "record.json"));

/** What each of the contents is, in a word. */
function kinds(value: unknown): string[] | null {
  return (
    contentsOf(value)?.map((content) => ("html" in content ? "table" : "svg" in content ? "drawing" : "chart")) ?? null
  );
}

test("what people end a cell with is shown as tables and pictures", () => {
  const cases: [unknown, string[]][] = [
    [table({ a: [1] }), ["table"]],
    [ladderChart([600, 300]), ["chart"]],
    [{ ...ladderChart([600, 300]), width: 50 }, ["chart"]],
    [loadSystem("aldp"), ["table", "drawing"]],
    [record, ["table"]],
    [findExperiment("aldp", "ta-bg", "smoke"), ["table"]],
    [createSamples(0, 60), ["table"]],
    [forecastLadder([1200, 600], 30), ["chart"]],
    [compare({ one: record }), ["table", "chart"]],
  ];
  for (const [value, expected] of cases) assert.deepEqual(kinds(value), expected);
});

test("a run shows its plan, and its rungs once it has some", () => {
  const engine = { name: "test", state: () => ({ parameters: new Float32Array(3) }) };
  const setup = { target: { dof: 60 }, model: { engine }, molecule: null };
  const run = { experiment: findExperiment("aldp", "ta-bg", "smoke"), seed: 1, setup, rungs: [] } as unknown as Run;
  assert.deepEqual(kinds(run), ["table"]);
  const rung = {
    from: 600,
    to: 300,
    decision: "ladder",
    bufferEss: 0.5,
    invalid: 0,
    iterations: 1,
    samples: 1,
    seconds: 1,
  };
  assert.deepEqual(kinds({ ...run, rungs: [rung] }), ["table", "table"]);
});

test("anything else is left to the kernel, and refused by show", async () => {
  for (const value of [null, undefined, 3, "text", [1, 2], {}, new Map(), { x: 1, n: 2 }])
    assert.equal(isShowable(value), false);
  for (const value of [null, 3, {}]) await assert.rejects(show(value as never), /show: unknown content/);
  await assert.rejects(
    show({ a: 1, b: 2 } as never),
    /show: unknown content \(got an object with a, b\), expected a chart/,
  );
});

test("a comparison has a row and a curve per record", () => {
  const { table: rows, chart } = compare({ "seed 1": record, again: record });
  assert.deepEqual(rows.columns.run, ["seed 1", "again"]);
  assert.equal(rows.columns["final ESS"]![0], record.essFinal);
  assert.equal(rows.columns.rungs![0], 10);
  assert.match(JSON.stringify(chart), /seed 1/);
  assert.throws(() => compare({}), /compare: missing records/);
});
