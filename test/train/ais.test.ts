import assert from "node:assert/strict";
import { test } from "node:test";
import { reverseEss } from "../../src/evaluate/ess";
import { estimateLogZ } from "../../src/evaluate/logz";
import { createRng } from "../../src/numerics/random";
import { logWeights } from "../../src/target/samples";
import { AIS_SAMPLING, sampleAis } from "../../src/train/ais";
import { createModel, sampleFlow } from "../../src/train/model";
import { createHarmonicTarget } from "../harmonic";

/** Normal coordinates that are narrower than an untrained flow's, whose deviation is 0.1, and a little off its middle. */
const DOF = 30;
const SIGMA = 0.08;
const CENTRE = 0.52;
const target = createHarmonicTarget({ dof: DOF, stiffness: SIGMA ** -2, centre: CENTRE });
const LOG_Z = DOF * Math.log(SIGMA * Math.sqrt(2 * Math.PI));

test("samples of an untrained flow become samples of a normal density, with log Z, moments and costs as they must be", async () => {
  const model = createModel(target, { flow: { couplings: 2, hidden: 8, layers: 1, bins: 8, seed: 0 }, seed: 1 });
  const n = 5000;
  const plain = reverseEss(logWeights(target, await sampleFlow(model, n, createRng(2)), 1));
  for (const resampleBelow of [0, 0.7]) {
    const before = { ...target.evaluations };
    // Two steps, for a quarter of a period: after half of one each of these equal oscillators would be as far from the centre as before.
    const options = { ...AIS_SAMPLING, leapfrogs: 2, temperature: 1, block: 3000, resampleBelow };
    const { samples, path, ancestors, rng } = await sampleAis(model, n, options, createRng(3).state());
    const { leapfrogs, tries, pilots } = options;
    const levels = path.exponents.length;
    assert.ok(levels >= 2, `${levels} densities between`);
    const gradients = (1 + levels * leapfrogs) * n + (1 + levels * (1 + tries * leapfrogs)) * pilots;
    assert.equal(target.evaluations.gradients - before.gradients, gradients);
    assert.equal(target.evaluations.energies - before.energies, n);
    assert.notDeepEqual(rng, createRng(3).state());
    assert.ok(resampleBelow === 0 ? ancestors === n : ancestors < n && ancestors > n / 10, `${ancestors} ancestors`);
    const weights = logWeights(target, samples, 1);
    assert.ok(reverseEss(weights) > 3 * plain, `ESS ${reverseEss(weights)}, without ${plain}`);
    checkNormal(samples.x, weights);
  }
  const refused = sampleAis(model, n, { ...AIS_SAMPLING, temperature: 1, block: 0 }, createRng(3).state());
  await assert.rejects(refused, /sampleAis: invalid block \(got 0\), expected a whole number from 1/);
  await model.engine.close();
});

test("walkers that are resampled from many samples set out further on, and arrive as well for less", async () => {
  const model = createModel(target, { flow: { couplings: 2, hidden: 8, layers: 1, bins: 8, seed: 0 }, seed: 1 });
  const n = 4000;
  const options = { ...AIS_SAMPLING, leapfrogs: 2, temperature: 1, block: 2000, resampleBelow: 0.5 };
  const led = async (draws: number) => {
    const before = { ...target.evaluations };
    const { samples, path, acceptance, ancestors } = await sampleAis(
      model,
      n,
      { ...options, draws },
      createRng(3).state(),
    );
    const weights = logWeights(target, samples, 1);
    checkNormal(samples.x, weights);
    const gradients = target.evaluations.gradients - before.gradients;
    const energies = target.evaluations.energies - before.energies;
    return { ess: reverseEss(weights), path, acceptance, ancestors, gradients, energies };
  };
  const [own, chosen] = [await led(1), await led(10)];
  assert.deepEqual(chosen.path, own.path);
  const passed = chosen.acceptance.filter((a) => !Number.isNaN(a)).length;
  const behind = own.acceptance.length - passed;
  assert.ok(behind >= 1 && passed >= 1 && own.acceptance.every((a) => a > 0.5), `${behind} behind, ${passed} before`);
  assert.equal(chosen.energies, 11 * n);
  // Blocks may set out at different densities.
  const saved = own.gradients - chosen.gradients;
  assert.ok(saved >= behind * options.leapfrogs * n, `${saved} evaluations saved`);
  assert.ok(chosen.ess > 0.9 * own.ess, `ESS ${own.ess}, ${chosen.ess}`);
  assert.ok(chosen.ancestors > own.ancestors, `${own.ancestors} ancestors, ${chosen.ancestors}`);
  await model.engine.close();
});

/** log Z, mean and deviation of weighted samples of the target. */
function checkNormal(x: Float32Array, weights: Float64Array): void {
  const { value, error } = estimateLogZ(weights, createRng(4));
  assert.ok(Math.abs(value - LOG_Z) < 4 * error, `log Z ${value} +- ${error}, exactly ${LOG_Z}`);
  const [mean, variance] = moments(x, weights.map(Math.exp));
  assert.ok(Math.abs(mean - CENTRE) < 0.002, `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) / SIGMA - 1) < 0.01, `deviation ${Math.sqrt(variance)}`);
}

/** Weighted mean and variance of all coordinates, which are alike. */
function moments(x: Float32Array, weights: Float64Array): readonly [number, number] {
  const mean = (f: (v: number) => number): number => {
    let [sum, total] = [0, 0];
    x.forEach((v, k) => {
      const weight = weights[Math.floor(k / DOF)]!;
      sum += weight * f(v);
      total += weight;
    });
    return sum / total;
  };
  const first = mean((v) => v);
  return [first, mean((v) => (v - first) ** 2)];
}
