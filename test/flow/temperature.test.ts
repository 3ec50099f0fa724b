import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { forward, inverse, logProb, type TemperatureTensors } from "../../src/flow/flow";
import { initParameters, parameterCount, parameterShapes } from "../../src/flow/parameters";
import { logPrior, samplePrior } from "../../src/flow/prior";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec, type FlowSpec } from "../../src/flow/spec";
import { spreadTemperatures, temperatureInput } from "../../src/flow/temperature";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

before(() => tf.setBackend("cpu"));

const KINDS: Channel[] = ["bond", "bond", "bond", "angle", "angle", "torsion", "torsion", "torsion"];
const OPTIONS = { couplings: 4, hidden: 12, layers: 2, bins: 8, seed: 1 };
const plain = createFlowSpec(KINDS, OPTIONS);
const told = createFlowSpec(KINDS, { ...OPTIONS, temperatures: [300, 1200] });
const steered = createFlowSpec(KINDS, { ...OPTIONS, steered: 1200 });
const both = createFlowSpec(KINDS, { ...OPTIONS, temperatures: [300, 1200], steered: 1200 });

const tensors = (spec: FlowSpec, vector: Float32Array): tf.Tensor2D[] =>
  parameterShapes(spec).map(({ shape, offset }) =>
    tf.tensor2d(vector.slice(offset, offset + shape[0] * shape[1]), [shape[0], shape[1]]),
  );
const noisy = (spec: FlowSpec): tf.Tensor2D[] => {
  const rng = createRng(2);
  return tensors(
    spec,
    initParameters(spec, rng).map((v) => v + 0.1 * rng.normal()),
  );
};
const n = 30;
const z = (): tf.Tensor2D => tf.tensor2d(samplePrior(told, n, createRng(3)), [n, told.dof]);
/** What a flow is told, as tensors. */
const tellTo = (spec: FlowSpec, temperature: number | Float64Array): TemperatureTensors =>
  Object.fromEntries(
    Object.entries(temperatureInput(spec, temperature, n)).map(([name, rows]) => [name, tf.tensor2d(rows, [n, 1])]),
  );
const at = (temperature: number | Float64Array): TemperatureTensors => tellTo(told, temperature);
const largest = (t: tf.Tensor): number => tf.max(tf.abs(t)).dataSync()[0]!;

test("log T is scaled to [-1, 1] over the range; a flow that knows no temperatures is told none", () => {
  assert.deepEqual([...temperatureInput(told, [300, 600, 1200, 1200 * (1 + 1e-12)], 4).c!], [-1, 0, 1, 1]);
  assert.deepEqual(temperatureInput(plain, 300, 4), {});
  assert.throws(
    () => temperatureInput(told, 299, 1),
    /invalid temperature of row 0 \(got 299\), expected one from 300/,
  );
  assert.throws(() => temperatureInput(told, undefined, 1), /row 0 \(got none\)/);
  assert.throws(() => createFlowSpec(KINDS, { ...OPTIONS, temperatures: [300, 300] }), /invalid range of temperatures/);
});

test("spread temperatures are denser at the ends of log T, like the heights of even points on a circle, over any consecutive rows", () => {
  const shares = spreadTemperatures(5000, [1, Math.E]).map((t) => Math.acos(2 * Math.log(t) - 1) / Math.PI);
  for (const from of [0, 1234, 4500]) {
    const sorted = shares.slice(from, from + 500).sort();
    sorted.forEach((share, i) => assert.ok(Math.abs(share - (i + 0.5) / 500) < 0.01, `${share}`));
  }
});

test("one more input of every conditioner, and nothing else: splits, shifts and the flow without it are the same", () => {
  assert.deepEqual({ ...told, temperatures: null }, { ...plain, temperatures: null });
  assert.equal(parameterCount(told) - parameterCount(plain), OPTIONS.couplings * OPTIONS.hidden);
  // A flow that gives the temperature no weight is the one that does not know it.
  const deaf = noisy(told);
  const same = deaf.map((tensor, i) => {
    const [rows, columns] = parameterShapes(plain)[i]!.shape;
    return tf.slice(tensor, [0, 0], [rows, columns]) as tf.Tensor2D;
  });
  deaf.forEach((tensor, i) => {
    const missing = tensor.shape[1] - same[i]!.shape[1];
    if (missing) deaf[i] = tf.concat([same[i]!, tf.zeros([tensor.shape[0], missing])], 1) as tf.Tensor2D;
  });
  const [a, b] = [forward(told, deaf, z(), at(777)), forward(plain, same, z())];
  assert.ok(largest(tf.sub(a.value, b.value)) < TOLERANCE.f32);
  assert.ok(largest(tf.sub(a.logDet, b.logDet)) < TOLERANCE.f32 * 10); // sum of 32 terms
});

test("untrained it is its prior at all temperatures; trained it differs from one to the next", () => {
  const initial = tensors(told, initParameters(told, createRng(1)));
  assert.ok(largest(forward(told, initial, z(), at(300)).logDet) < TOLERANCE.f32);
  const [cold, hot] = [forward(told, noisy(told), z(), at(300)), forward(told, noisy(told), z(), at(1200))];
  assert.ok(largest(tf.sub(cold.value, hot.value)) > 0.01);
});

test("each row has its own temperature; the inverse at the same one leads back, with the density of the prior's point", () => {
  const parameters = noisy(told);
  const temperatures = spreadTemperatures(n, [300, 1200]);
  const there = forward(told, parameters, z(), at(temperatures));
  const back = inverse(told, parameters, there.value, at(temperatures));
  assert.ok(largest(tf.sub(back.value, z())) < TOLERANCE.flowRoundTrip);
  assert.ok(largest(tf.add(back.logDet, there.logDet)) < TOLERANCE.flowRoundTrip);
  const expected = tf.sub(logPrior(told, z()), there.logDet);
  assert.ok(largest(tf.sub(logProb(told, parameters, there.value, at(temperatures)), expected)) < 2e-3); // the prior's slope is up to 50
  const alone = forward(told, parameters, z(), at(temperatures[7]!));
  const row = (t: tf.Tensor2D): tf.Tensor => tf.slice(t, [7, 0], [1, -1]);
  assert.ok(largest(tf.sub(row(alone.value), row(there.value))) < TOLERANCE.f32);
});

test("the prior of a steered flow narrows with the square root of T; no parameter comes with it", () => {
  assert.deepEqual([...temperatureInput(steered, [75, 300, 1200, 1200 * (1 + 1e-12)], 4).s!], [0.25, 0.5, 1, 1]);
  assert.deepEqual(Object.keys(temperatureInput(both, 300, 1)), ["c", "s"]);
  assert.equal(parameterCount(steered), parameterCount(plain));
  assert.throws(() => temperatureInput(steered, 1201, 1), /row 0 \(got 1201\), expected one from 0 to 1200/);
  assert.throws(() => temperatureInput(steered, 0, 1), /row 0 \(got 0\)/);
  assert.throws(() => temperatureInput(steered, undefined, 1), /row 0 \(got none\)/);
  assert.throws(
    () => createFlowSpec(KINDS, { ...OPTIONS, steered: -1 }),
    /hottest temperature of its prior \(got -1\)/,
  );
  assert.throws(
    () => createFlowSpec(KINDS, { ...OPTIONS, temperatures: [300, 1200], steered: 600 }),
    /got 600\), expected a positive one, at least the hottest that it is told, 1200/,
  );
});

test("at its hottest temperature a steered flow is the one that is not; at another it is that flow of a narrower prior", () => {
  const parameters = noisy(steered);
  const [hot, cold] = [forward(steered, parameters, z(), tellTo(steered, 1200)), tellTo(steered, 300)];
  const usual = forward(plain, parameters, z());
  assert.equal(largest(tf.sub(hot.value, usual.value)), 0);
  assert.equal(largest(tf.sub(hot.logDet, usual.logDet)), 0);
  const narrowed = forward(steered, parameters, z(), cold);
  const halves = tf.tensor2d(
    samplePrior(plain, n, createRng(3)).map((v, k) => (plain.circular[k % plain.dof] ? v : 0.5 + (v - 0.5) / 2)),
    [n, plain.dof],
  );
  const expected = forward(plain, parameters, halves);
  assert.ok(largest(tf.sub(narrowed.value, expected.value)) < TOLERANCE.f32);
  // Five of the eight are linear.
  const less = tf.sub(expected.logDet, 5 * Math.LN2);
  assert.ok(largest(tf.sub(narrowed.logDet, less)) < TOLERANCE.f32 * 10); // sum of 32 terms
});

for (const [name, spec] of Object.entries({ steered, both }))
  test(`the inverse of a flow (${name}) at the same temperatures leads back, with the density of the prior's point`, () => {
    const parameters = noisy(spec);
    const temperatures = tellTo(spec, spreadTemperatures(n, [300, 1200]));
    const there = forward(spec, parameters, z(), temperatures);
    const back = inverse(spec, parameters, there.value, temperatures);
    assert.ok(largest(tf.sub(back.value, z())) < 2 * TOLERANCE.flowRoundTrip); // where the prior is half as wide
    assert.ok(largest(tf.add(back.logDet, there.logDet)) < TOLERANCE.flowRoundTrip);
    const expected = tf.sub(logPrior(spec, z()), there.logDet);
    assert.ok(largest(tf.sub(logProb(spec, parameters, there.value, temperatures), expected)) < 4e-3); // the prior's slope is up to 100
  });
