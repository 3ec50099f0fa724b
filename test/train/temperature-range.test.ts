import assert from "node:assert/strict";
import { test } from "node:test";
import { spreadTemperatures } from "../../src/flow/temperature";
import { logSumExp } from "../../src/numerics/logsumexp";
import { rangeWeights } from "../../src/train/temperature-range";
import { harmonicLogZ, sampleHarmonic } from "../harmonic";

const target = { boltzmann: 1 };
const n = 40_000;

test("samples at temperatures spread over a range weigh one each at their own temperatures", () => {
  const samples = sampleHarmonic(spreadTemperatures(n, [1, 4]));
  const { temperatures, logWeights } = rangeWeights(target, samples, [1, 4]);
  temperatures.forEach((t, i) => assert.ok(Math.abs(t / samples.temperatures![i]! - 1) < 1e-12));
  // Each log Z rests on 1,600 samples or more of almost its temperature (a step of the 32 is 4 %), and is a line between.
  assert.ok(logWeights.every((weight) => Math.abs(weight) < 0.03));
});

test("weighted for a range that reaches further down, they are the target at each of its temperatures", () => {
  for (const from of [4, 2.5]) {
    const samples = sampleHarmonic(spreadTemperatures(n, [from, 4]));
    const { temperatures, logWeights } = rangeWeights(target, samples, [2, 4]);
    // Equal shares of the weight in equal shares of the rows, and U / T = 1 (two harmonic coordinates) in each.
    for (let part = 0; part < 8; part++) {
      const edge = (k: number): number => 4 * 0.5 ** ((1 - Math.cos((Math.PI * k) / 8)) / 2);
      const [high, low] = [edge(part), edge(part + 1)];
      const inside = [...temperatures.keys()].filter((i) => temperatures[i]! <= high && temperatures[i]! > low);
      const weights = inside.map((i) => Math.exp(logWeights[i]!));
      const total = weights.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs((8 * total) / n - 1) < 0.1, `${total}`);
      const reduced = inside.reduce((sum, i, k) => sum + weights[k]! * (samples.energy[i]! / temperatures[i]!), 0);
      // 5,000 samples of deviation 1, worth half of that after a step from 4 to 2
      assert.ok(Math.abs(reduced / total - 1) < 0.08, `${reduced / total} from ${from} at ${low}`);
    }
  }
});

test("invalid samples have no weight, and spoil no other", () => {
  const samples = sampleHarmonic(spreadTemperatures(n, [2, 4]));
  samples.energy[7] = NaN;
  const { logWeights } = rangeWeights(target, samples, [2, 4]);
  assert.equal(logWeights[7], -Infinity);
  assert.ok(Math.abs(logSumExp(logWeights) - Math.log(n)) < 0.01);
  assert.ok(rangeWeights(target, { ...samples, energy: samples.energy.map(() => NaN) }, [2, 4]).logWeights.every((w) => w === -Infinity)); // prettier-ignore
  assert.ok(Math.abs(harmonicLogZ(4) - harmonicLogZ(2) - Math.log(2)) < 1e-12);
});
