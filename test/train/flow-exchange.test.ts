import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { chainsOf, effectiveSampleSize } from "../../src/sample/chains";
import { logWeights } from "../../src/target/samples";
import { FLOW_EXCHANGE, sampleExchange } from "../../src/train/flow-exchange";
import { createModel } from "../../src/train/model";
import { createHarmonicTarget } from "../harmonic";

/** As in the test of annealed importance sampling: narrower than an untrained flow, and a little off its middle. */
const DOF = 30;
const SIGMA = 0.08;
const CENTRE = 0.52;

test("chains from an untrained flow to a normal density have its moments, at the cost that is said, and the same again", async () => {
  const target = createHarmonicTarget({ dof: DOF, stiffness: SIGMA ** -2, centre: CENTRE });
  const model = createModel(target, { flow: { couplings: 2, hidden: 8, layers: 1, bins: 8, seed: 0 }, seed: 1 });
  const options = { ...FLOW_EXCHANGE, leapfrogs: 2, temperature: 1, runs: 50, pilots: 500, burnIn: 20, sweeps: 100 };
  const before = { ...target.evaluations };
  const { samples, runs, exponents, acceptance, swap, renewal, rng } = await sampleExchange(
    model,
    options,
    createRng(3).state(),
  );
  const levels = exponents.length;
  assert.equal(exponents[0], 1);
  assert.ok(levels > 1 && exponents.every((b, k) => k === 0 || b < exponents[k - 1]!), exponents.join(", "));
  const { leapfrogs, tries, pilots, burnIn, sweeps } = options;
  const search = pilots * (1 + levels * (1 + tries * leapfrogs));
  const walk = options.runs * (levels + (burnIn + sweeps) * (levels * leapfrogs + 1));
  assert.equal(target.evaluations.gradients - before.gradients, search + walk);
  assert.equal(target.evaluations.energies - before.energies, options.runs * sweeps);
  assert.deepEqual([samples.n, runs.length, runs[0]], [5000, 50, 100]);
  assert.ok(logWeights(target, samples, 1).every((weight) => weight === 0));
  for (const p of [...acceptance, ...swap, renewal]) assert.ok(p > 0.3 && p < 0.95, `${p}`);
  const mean = samples.x.reduce((sum, v) => sum + v, 0) / samples.x.length;
  const variance = samples.x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / samples.x.length;
  assert.ok(Math.abs(mean - CENTRE) < 0.002, `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) / SIGMA - 1) < 0.01, `deviation ${Math.sqrt(variance)}`);
  // The energy is chi-squared: DOF / 2 with a variance of DOF / 2.
  const energies = chainsOf(runs.length, sweeps, (row) => samples.energy[row]!);
  const error = Math.sqrt(DOF / 2 / effectiveSampleSize(energies));
  const energy = samples.energy.reduce((sum, u) => sum + u, 0) / samples.n;
  assert.ok(Math.abs(energy - DOF / 2) < 4 * error, `energy ${energy} +- ${error}`);
  const again = await sampleExchange(model, options, createRng(3).state());
  assert.deepEqual([again.samples.x, again.rng], [samples.x, rng]);
  await assert.rejects(
    sampleExchange(model, { ...options, pilots: 49 }, createRng(3).state()),
    /invalid pilots \(got 49 for 50 runs\)/,
  );
  for (const wrong of [{ sweeps: 4.5 }, { burnIn: -5 }, { burnIn: 2.5 }, { runs: 0 }]) {
    const [[name, value]] = Object.entries(wrong) as [[string, number]];
    const expected = new RegExp(`sampleExchange: invalid ${name} \\(got ${value}\\)`);
    await assert.rejects(sampleExchange(model, { ...options, ...wrong }, createRng(3).state()), expected);
  }
  await model.engine.close();
});
