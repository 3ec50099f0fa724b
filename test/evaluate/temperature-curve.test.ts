import assert from "node:assert/strict";
import { test } from "node:test";
import { temperatureCurve } from "../../src/evaluate/temperature-curve";
import { samplesNear } from "../../src/evaluate/temperature-window";
import { spreadTemperatures } from "../../src/flow/temperature";
import { createRng } from "../../src/numerics/random";
import { samplesBetween } from "../../src/target/samples";
import { harmonicDeviation, harmonicLogZ, sampleHarmonic } from "../harmonic";

const target = { boltzmann: 1 };
const samples = sampleHarmonic(spreadTemperatures(60_000, [1, 4]));
const EDGE = 0.06;
const outer = { name: "outer", contains: (x: Float32Array, offset: number) => x[offset]! > 0.5 + EDGE };

/** P(x > 1/2 + EDGE), by Simpson's rule over the density. */
function outerShare(temperature: number): number {
  const s = harmonicDeviation(temperature);
  const [from, to, steps] = [EDGE / s, 9, 2000];
  const h = (to - from) / steps;
  const density = (u: number): number => Math.exp((-u * u) / 2) / Math.sqrt(2 * Math.PI);
  const weight = (i: number): number => (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2);
  return Array.from({ length: steps + 1 }, (_, i) => (weight(i) * density(from + i * h) * h) / 3).reduce(
    (a, b) => a + b,
  );
}

test("log Z, shares and free energies at all temperatures of the range are the exact ones within their errors", () => {
  const temperatures = [1, 1.3, 2, 3, 4];
  const curve = temperatureCurve(target, samples, [outer], { temperatures, rng: createRng(2) });
  for (const { temperature, logZ, basins, ess } of curve) {
    const share = outerShare(temperature);
    const { reweighted, reweightedError, freeEnergy, effective } = basins[0]!;
    assert.ok(Math.abs(logZ.value - harmonicLogZ(temperature)) < 4 * logZ.error, `log Z at ${temperature}`);
    assert.ok(Math.abs(reweighted - share) < 4 * reweightedError, `${reweighted} for ${share} at ${temperature}`);
    const exact = -Math.log(share / (1 - share));
    assert.ok(Math.abs(freeEnergy.value - exact) < 4 * freeEnergy.error, `${freeEnergy.value} for ${exact}`);
    // The errors are of the size that they should be, too.
    assert.ok(logZ.error < 0.02 && reweightedError < 0.2 * share, `${logZ.error} ${reweightedError}`);
    assert.ok(ess > 0.4 && effective > 50);
  }
});

test("near samples are those whose temperatures are, in their order, and worth more than all", () => {
  const near = samplesNear(target, samples, 4);
  assert.ok(near.temperatures!.every((t) => t >= 3));
  assert.ok(near.n > 1000 && near.n < samples.n);
  const reach = Math.max(...near.temperatures!.map((t) => Math.abs(Math.log(t / 4))));
  assert.equal(near.n, samples.temperatures!.filter((t) => Math.abs(Math.log(t / 4)) <= reach).length);
  const places = [...near.logQ.slice(0, 50)].map((q) => samples.logQ.indexOf(q));
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
  );
});

test("few samples, none, or samples without temperatures are taken as they are", () => {
  const few = samplesBetween(samples, 0, 3);
  assert.equal(samplesNear(target, few, 0.9).n, 3);
  assert.equal(samplesNear(target, samplesBetween(samples, 0, 0), 2).n, 0);
  const { n, dof, x, logQ, energy, logDet } = few;
  const plain = { n, dof, x, logQ, energy, logDet };
  assert.equal(samplesNear(target, plain, 2), plain);
  assert.equal(samplesNear(target, samples, 6).n, 0); // drawn at 4 at most
});

test("a temperature that no sample speaks for is refused", () => {
  const at = (temperature: number) => () =>
    temperatureCurve(target, samples, [outer], { temperatures: [2, temperature], rng: createRng(2) });
  assert.throws(at(6), /temperatureCurve: unknown temperature \(got 6\)/);
});
