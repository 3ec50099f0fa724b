import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { forward, inverse, logProb } from "../../src/flow/flow";
import { initParameters, parameterShapes } from "../../src/flow/parameters";
import { logPrior, samplePrior } from "../../src/flow/prior";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec, type FlowSpec } from "../../src/flow/spec";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

before(() => tf.setBackend("cpu"));

const KINDS: Channel[] = ["bond", "bond", "bond", "angle", "angle", "torsion", "torsion", "torsion"];

/** A flow away from the identity, by normal noise on all parameters. */
function noisyFlow(seed: number, noise: number): { spec: FlowSpec; parameters: tf.Tensor2D[] } {
  const spec = createFlowSpec(KINDS, { couplings: 6, hidden: 12, layers: 2, bins: 8, seed });
  const rng = createRng(seed);
  const vector = initParameters(spec, rng).map((v) => v + noise * rng.normal());
  const parameters = parameterShapes(spec).map(({ shape, offset }) =>
    tf.tensor2d(vector.slice(offset, offset + shape[0] * shape[1]), [shape[0], shape[1]]),
  );
  return { spec, parameters };
}
const points = (spec: FlowSpec, n: number, seed: number): tf.Tensor2D =>
  tf.tensor2d(samplePrior(spec, n, createRng(seed)), [n, spec.dof]);
const largest = (t: tf.Tensor): number => tf.max(tf.abs(t)).dataSync()[0]!;

test("an untrained flow is the identity up to its torsion shifts, with log-determinant zero", () => {
  const { spec, parameters } = noisyFlow(1, 0);
  const z = points(spec, 20, 2);
  const { value, logDet } = forward(spec, parameters, z);
  assert.ok(largest(logDet) < TOLERANCE.f32);
  assert.ok(largest(tf.sub(tf.slice(value, [0, 0], [-1, 5]), tf.slice(z, [0, 0], [-1, 5]))) < TOLERANCE.f32);
  const total = spec.couplings.reduce((sum, c) => sum + c.shift, 0);
  const turns = tf.sub(tf.add(tf.slice(z, [0, 5], [-1, 3]), total), tf.slice(value, [0, 5], [-1, 3]));
  assert.ok(largest(tf.sub(turns, tf.round(turns))) < TOLERANCE.f32);
});

test("the inverse of forward is the identity and the log-determinants cancel", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { spec, parameters } = noisyFlow(seed, 0.1);
    const z = points(spec, 30, seed);
    const there = forward(spec, parameters, z);
    const back = inverse(spec, parameters, there.value);
    assert.ok(largest(tf.sub(back.value, z)) < TOLERANCE.flowRoundTrip, `seed ${seed}`);
    assert.ok(largest(tf.add(back.logDet, there.logDet)) < TOLERANCE.flowRoundTrip, `seed ${seed}`);
  }
});

test("the log-determinant is that of the numerically differentiated Jacobian", () => {
  const { spec, parameters } = noisyFlow(3, 0.1);
  const { dof } = spec;
  const z = samplePrior(spec, 1, createRng(5)).map((v) => 0.05 + 0.9 * v);
  const h = 2e-3;
  const rows = [...z].flatMap((_, i) => [h, -h].map((step) => z.map((v, j) => (i === j ? v + step : v))));
  const { value } = forward(spec, parameters, tf.tensor2d(rows.map((r) => [...r])));
  const x = value.arraySync();
  const jacobian = [...z].map((_, i) =>
    x[2 * i]!.map((v, j) => {
      const d = v - x[2 * i + 1]![j]!;
      return (d - Math.round(d)) / (2 * h); // torsions may wrap between the two
    }),
  );
  const { logDet } = forward(spec, parameters, tf.tensor2d(z, [1, dof]));
  assert.ok(Math.abs(Math.log(Math.abs(determinant(jacobian))) - logDet.dataSync()[0]!) < 5e-3); // h^2 and 1e-7 / h, times 8
});

function determinant(m: number[][]): number {
  const a = m.map((row) => [...row]);
  let det = 1;
  for (let c = 0; c < a.length; c++) {
    const pivot = a
      .map((row, r) => [r < c ? -1 : Math.abs(row[c]!), r] as const)
      .reduce((p, q) => (q[0] > p[0] ? q : p))[1];
    if (pivot !== c) {
      [a[c], a[pivot]] = [a[pivot]!, a[c]!];
      det = -det;
    }
    det *= a[c]![c]!;
    for (let r = c + 1; r < a.length; r++) {
      const f = a[r]![c]! / a[c]![c]!;
      for (let k = c; k < a.length; k++) a[r]![k] = a[r]![k]! - f * a[c]![k]!;
    }
  }
  return det;
}

test("a batch is the same as its points one by one", () => {
  const { spec, parameters } = noisyFlow(4, 0.1);
  const z = points(spec, 5, 6);
  const together = forward(spec, parameters, z);
  tf.split(z, 5, 0).forEach((point, i) => {
    const alone = forward(spec, parameters, point as tf.Tensor2D);
    assert.ok(largest(tf.sub(alone.value, tf.slice(together.value, [i, 0], [1, -1]))) < TOLERANCE.f32);
    assert.ok(Math.abs(alone.logDet.dataSync()[0]! - together.logDet.dataSync()[i]!) < TOLERANCE.f32 * 10); // sum of 48 terms
  });
});

test("the density is continuous across the seam of a torsion", () => {
  const { spec, parameters } = noisyFlow(8, 0.1);
  const x = Array.from({ length: 10 }, (_, s) => [...samplePrior(spec, 1, createRng(100 + s))]);
  for (const torsion of [5, 6, 7]) {
    const at = (v: number): tf.Tensor1D =>
      logProb(spec, parameters, tf.tensor2d(x.map((p) => p.map((u, i) => (i === torsion ? v : u)))));
    assert.ok(largest(tf.sub(at(1e-6), at(1 - 1e-6))) < 1e-3); // slopes of the density up to 1e2 across 2e-6
  }
});

test("log q is the prior's density plus the log-determinant", () => {
  const { spec, parameters } = noisyFlow(9, 0.1);
  const z = points(spec, 10, 3);
  const { value, logDet } = forward(spec, parameters, z);
  const expected = tf.sub(logPrior(spec, z), logDet);
  assert.ok(largest(tf.sub(logProb(spec, parameters, value), expected)) < 2e-3); // the prior's slope is up to 50 per unit of z
});

test("the prior is normalised: the mean of 1/p over its own samples is the volume, one", () => {
  const { spec } = noisyFlow(0, 0);
  const one: FlowSpec = { ...spec, dof: 2, circular: [false, true] };
  const n = 100_001;
  const grid = tf.tensor2d(
    Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 0.5 : (i >> 1) / (n - 1))),
    [n, 2],
  );
  const density = tf.exp(logPrior(one, grid)).dataSync() as Float32Array;
  const integral = density.reduce((sum, p) => sum + p, 0) / (n - 1);
  assert.ok(Math.abs(integral - 1) < TOLERANCE.f32);
});
