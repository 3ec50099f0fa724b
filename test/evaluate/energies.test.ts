import assert from "node:assert/strict";
import { test } from "node:test";
import { compareEnergies } from "../../src/evaluate/energies";
import { createParts } from "../../src/evaluate/parts";
import { normalQuantile } from "../../src/numerics/special";
import { setOf } from "./sets";

const N = 10_000;
/** Energies N(mean, width^2), in a scrambled order. */
const energies = (mean: number, width: number): Float64Array =>
  Float64Array.from({ length: N }, (_, i) => mean + width * normalQuantile((((i * 7919) % N) + 0.5) / N));
const set = (energy: Float64Array): ReturnType<typeof setOf> => setOf(new Float32Array(energy.length), 1, energy);

test("Gaussian energies have the distance of the closed form in units of kT", () => {
  const { w2, excluded } = compareEnergies(createParts(set(energies(-50, 10)), set(energies(-56, 2)), null), 2);
  assert.ok(Math.abs(w2.plain - Math.hypot(3, 4)) < 0.02, `${w2.plain}`);
  assert.deepEqual([w2.reweighted, excluded], [null, 0]);
  assert.ok(w2.floor < 0.1 && Math.abs(w2.matched - 5) < 0.1);
});

test("clashes and invalid energies are left out of the distance and counted", () => {
  const broken = energies(0, 1);
  broken.set([NaN, Infinity, 1e12, 150], 0);
  const { w2, excluded, histograms } = compareEnergies(createParts(set(broken), set(energies(0, 1)), null), 1);
  assert.equal(excluded, 4);
  assert.ok(w2.plain < 0.05, `${w2.plain}`);
  assert.equal(histograms.truth.dropped, 0);
  assert.equal(histograms.truth.weights.reduce((sum, weight) => sum + weight, 0), N); // prettier-ignore
});

test("weights that turn samples into the truth bring the distance down", () => {
  const samples = energies(0.5, 1);
  const logWeights = samples.map((u) => ((u - 0.5) ** 2 - u ** 2) / 2);
  const { w2 } = compareEnergies(createParts(set(samples), set(energies(0, 1)), logWeights), 1);
  assert.ok(w2.reweighted! < 0.05 && Math.abs(w2.plain - 0.5) < 0.01, `${w2.reweighted}`);
});
