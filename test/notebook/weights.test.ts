import assert from "node:assert/strict";
import { test } from "node:test";
import { weightsTable } from "../../src/notebook/weights";
import { createSamples } from "../../src/target/samples";

test("what samples are worth is told with the paper's cut of weights and without", () => {
  // One of 20,000 weighs as much as all others together: a cut of the two largest makes it one of them.
  const n = 20_000;
  const samples = createSamples(n, 2);
  samples.logQ[7] = -Math.log(n - 1);
  const { columns } = weightsTable({ boltzmann: 1 }, { even: createSamples(n, 2), heavy: samples }, 1);
  assert.deepEqual(columns.samples, ["even", "heavy"]);
  assert.deepEqual([columns.ESS![0], columns["no weight cut"]![0], columns.effective![0]], [1, 1, n]);
  assert.ok(Math.abs(Number(columns.ESS![1]) - 1) < 1e-9);
  assert.equal(columns.effective![1], 4); // (2 (n - 1))^2 / ((n - 1)^2 + n - 1)
  assert.ok(Math.abs(Number(columns["log Z"]![1]) - Math.log((2 * (n - 1)) / n)) < 1e-9);
});
