import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { averageEstimates, compareEstimates, compareWithLangevin, shareToFreeEnergy } from "../../src/sample/agreement";
import type { LangevinRecord } from "../../src/sample/langevin-run";
import { createObservables } from "../../src/sample/observables";
import { minimumStructure } from "../../src/sample/starts";
import type { GroundTruth } from "../../src/sample/store";
import { loadSystem } from "../../src/target/molecule";

test("a difference is counted in combined standard errors", () => {
  const { sigmas } = compareEstimates("x", { value: 10, error: 3 }, { value: 5, error: 4 });
  assert.equal(sigmas, 1);
  const same = { value: 1, error: 0 };
  assert.equal(compareEstimates("a population that nothing changes", same, same).sigmas, 0);
});

test("a mean of independent estimates has the error of their sum, divided", () => {
  const all = [
    { value: 1, error: 3 },
    { value: 4, error: 4 },
  ];
  assert.deepEqual(averageEstimates(all), { value: 2.5, error: 2.5 });
  assert.deepEqual(averageEstimates(all.slice(1)), all[1]);
});

test("the free energy of a share has the error that resampling gives it", () => {
  assert.equal(shareToFreeEnergy({ value: 0.5, error: 0 }).value, 0);
  const { value, error } = shareToFreeEnergy({ value: 0.02, error: 0.001 });
  assert.ok(Math.abs(value - Math.log(49)) < 1e-12);
  const rng = createRng(3);
  const draws = Array.from({ length: 20_000 }, () => shareToFreeEnergy({ value: 0.02 + 0.001 * rng.normal(), error: 0 }).value); // prettier-ignore
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length);
  assert.ok(Math.abs(error / deviation - 1) < 0.02);
});

test("frames and dynamics are compared by name, at one temperature", () => {
  const aldp = loadSystem("aldp");
  const minimum = minimumStructure(aldp.coordinates);
  const { names, observeScaled } = createObservables(aldp);
  const values = observeScaled(minimum);
  const means = Object.fromEntries(names.map((name, k) => [name, { value: values[k]! - 2, error: 1 }]).reverse());
  const frames = { n: 2, dof: minimum.length, x: Float32Array.of(...minimum, ...minimum), runs: [1, 1] };
  const truth = { ...frames, summary: { temperature: 1200 } } as unknown as GroundTruth;
  const record = (temperature: number): LangevinRecord =>
    ({ settings: { temperature }, means }) as unknown as LangevinRecord;
  const rows = compareWithLangevin(aldp, truth, record(1200));
  assert.deepEqual(rows.map(({ quantity }) => quantity), names); // prettier-ignore
  rows.forEach(({ quantity, sigmas }) => assert.ok(Math.abs(sigmas - 2) < 1e-3, quantity)); // frames are f32
  assert.throws(() => compareWithLangevin(aldp, truth, record(300)), /got 300 K of the dynamics\), expected the truth's 1200 K/); // prettier-ignore
});
