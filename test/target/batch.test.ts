import assert from "node:assert/strict";
import { test } from "node:test";
import { createBatchEvaluator, createCountedTarget } from "../../src/target/batch";
import type { Kernel } from "../../src/target/kernel";
import { countInvalid } from "../../src/target/samples";

/** U = 3 x^2, log-det x; x > 1 has no energy, x = 0.5 a finite energy without a finite gradient. */
const kernel: Kernel = {
  dof: 1,
  lanes: 1,
  evaluate(x, offset, points, withGradient) {
    const point = points[0]!;
    const value = x[offset]!;
    point.energy = value > 1 ? Infinity : 3 * value * value;
    point.logDet = value;
    if (!withGradient) return;
    point.energyGradient[0] = value === 0.5 ? NaN : 6 * value;
    point.logDetGradient[0] = 1;
  },
};
const target = createCountedTarget(
  { name: "parabola", dof: 1, channels: ["bond"], boltzmann: 1 },
  createBatchEvaluator(kernel),
);

test("the gradient is that of -U/kT + log-det", async () => {
  const { energy, logDet, gradient } = await target.gradients(Float32Array.of(0.25, 1), 2, 2);
  assert.deepEqual([...energy, ...logDet], [0.1875, 3, 0.25, 1]);
  assert.deepEqual([...gradient], [1 - 1.5 / 2, 1 - 6 / 2]);
});

test("rows without a finite energy, log-det or gradient get a zero gradient; the rows beside them do not notice", async () => {
  const { energy, logDet, gradient } = await target.gradients(Float32Array.of(0.25, 2, 0.5, NaN, 0.25), 5, 2);
  assert.deepEqual([...gradient], [0.25, 0, 0, 0, 0.25]);
  assert.equal(countInvalid({ energy, logDet }), 2);
});

test("slopes are both parts' gradients, in double precision and without a temperature", async () => {
  const before = target.evaluations.gradients;
  const x = Float64Array.of(0.3, 2, 0.5, 1);
  const { energy, logDet, energyGradient, logDetGradient } = await target.slopes(x, 4);
  assert.deepEqual([...energy], [3 * 0.3 * 0.3, Infinity, 0.75, 3]);
  assert.deepEqual([...logDet], [...x]);
  assert.deepEqual([...energyGradient], [6 * 0.3, 0, 0, 6]);
  assert.deepEqual([...logDetGradient], [1, 0, 0, 1]);
  assert.equal(target.evaluations.gradients, before + 4);
  await assert.rejects(target.slopes(x, 5), /parabola: mismatched batch/);
});

test("a batch gives the bits of a loop", async () => {
  const x = Float32Array.of(0.1, 0.2, 0.3);
  const batch = await target.gradients(x, 3, 1);
  for (const [i, value] of x.entries()) {
    const one = await target.gradients(Float32Array.of(value), 1, 1);
    assert.deepEqual([one.energy[0], one.logDet[0], one.gradient[0]], [batch.energy[i], batch.logDet[i], batch.gradient[i]]); // prettier-ignore
  }
});

test("only the first n rows are looked at, and no row is an empty answer", async () => {
  assert.equal((await target.energies(Float32Array.of(1, 2, 3), 2)).energy.length, 2);
  assert.equal((await target.gradients(new Float32Array(0), 0, 1)).gradient.length, 0);
});

test("every row of an answered batch is counted once, a refused batch is not", async () => {
  const before = { ...target.evaluations };
  await target.energies(Float32Array.of(1, NaN, 3), 3);
  await target.gradients(Float32Array.of(1, NaN), 2, 1);
  await assert.rejects(
    target.energies(new Float32Array(3), 4),
    /parabola: mismatched batch \(got 3 numbers for n = 4\)/,
  );
  for (const temperature of [0, -300, NaN, Infinity]) {
    await assert.rejects(target.gradients(new Float32Array(1), 1, temperature), /invalid temperature/);
  }
  assert.deepEqual(target.evaluations, { energies: before.energies + 3, gradients: before.gradients + 2 });
});
