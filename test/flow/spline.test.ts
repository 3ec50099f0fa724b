import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { spline, type SplineParameters } from "../../src/flow/spline";
import { readNpy } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

type T2 = tf.Tensor2D;
before(() => tf.setBackend("cpu"));

/** Largest difference, relative to the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!))) / scale;
}

/** Fixtures: bgflow's rational-quadratic spline in float64 on random, partly extreme parameters; loss of the gradients: sum_ij cos(j) y_ij + logdet_ij. */
function reference(name: string, left: number, width: number) {
  const load = (key: string) => readNpy(path.join(projectRoot(), "test", "fixtures", "spline", `${name}_${key}.npy`));
  const x = load("x");
  const n = x.data.length;
  const column = (key: string): T2 => {
    const { data } = load(key);
    return tf.transpose(tf.tensor2d(Float32Array.from(data), [n, data.length / n])) as T2;
  };
  const parameters: SplineParameters = {
    widths: column("widths"),
    heights: column("heights"),
    slopes: column("derivatives"),
  };
  const points = tf.tensor2d(
    Float32Array.from(x.data, (v) => (v - left) / width),
    [1, n],
  );
  return { load, points, parameters, n, columns: x.shape[1]! };
}

for (const [name, left, width] of [
  ["unit8", 0, 1],
  ["gmm16", -50, 100],
] as const) {
  test(`${name}: both directions agree with bgflow`, () => {
    const { load, points, parameters } = reference(name, left, width);
    for (const [inverse, y, logDet] of [
      [false, "y", "logdet"],
      [true, "y_inverse", "logdet_inverse"],
    ] as const) {
      const [value, log] = spline(points, parameters, inverse);
      assert.ok(
        difference(
          Array.from(value.dataSync(), (v) => v * width + left),
          load(y).data,
        ) <
          5 * TOLERANCE.f32,
        `${name} ${y}`,
      );
      // Points round to f32 and slopes reach e^9; the narrowest bins are a thousandth wide, so that positions in them keep four digits.
      // The inverse adds the root of a nearly double quadratic.
      assert.ok(
        difference(log.dataSync(), load(logDet).data) < (inverse ? 50 : 10) * TOLERANCE.f32,
        `${name} ${logDet}`,
      );
    }
  });
}

for (const [name, left, width] of [
  ["unit8", 0, 1],
  ["gmm16", -50, 100],
] as const) {
  test(`${name}: the hand-derived gradient agrees with bgflow's automatic one`, () => {
    const { load, points, parameters, n, columns } = reference(name, left, width);
    const cotangent = tf.tensor2d(
      Float32Array.from({ length: n }, (_, i) => width * Math.cos(i % columns)),
      [1, n],
    );
    const loss = (x: tf.Tensor, widths: tf.Tensor, heights: tf.Tensor, slopes: tf.Tensor): tf.Scalar => {
      const raw = { widths, heights, slopes } as SplineParameters;
      const [y, logDet] = spline(x as T2, raw, false);
      return tf.add(tf.sum(tf.mul(y, cotangent)), tf.sum(logDet));
    };
    const { widths, heights, slopes } = parameters;
    const gradients = tf.grads((...t) => loss(...(t as [T2, T2, T2, T2])))([points, widths, heights, slopes]);
    ["grad_x", "grad_widths", "grad_heights", "grad_derivatives"].forEach((key, i) => {
      const ours = Array.from(tf.transpose(gradients[i]!).dataSync(), (v) => (i === 0 ? v / width : v));
      // The same rounding of the position in a narrow bin, once more differentiated.
      assert.ok(difference(ours, load(key).data) < 50 * TOLERANCE.f32, key);
    });
  });
}

/** Random parameters of moderate size, as a trained flow has them. */
function random(seed: number, bins: number, n: number): { x: T2; parameters: SplineParameters } {
  const rng = createRng(seed);
  const normal = (rows: number): T2 =>
    tf.tensor2d(
      Float32Array.from({ length: rows * n }, () => rng.normal()),
      [rows, n],
    );
  const x = tf.tensor2d(
    Float32Array.from({ length: n }, () => rng.uniform()),
    [1, n],
  );
  return { x, parameters: { widths: normal(bins), heights: normal(bins), slopes: normal(bins + 1) } };
}

test("the inverse undoes the map and its log-determinant cancels", () => {
  for (let seed = 0; seed < 50; seed++) {
    const { x, parameters } = random(seed, 8, 40);
    const [y, forward] = spline(x, parameters, false);
    const [back, backward] = spline(y, parameters, true);
    assert.ok(difference(back.dataSync(), x.dataSync()) < TOLERANCE.flowRoundTrip, `seed ${seed}`);
    // A normal slope logit near a narrow bin multiplies the rounding of y by up to 1e3.
    assert.ok(Math.max(...tf.abs(tf.add(forward, backward)).dataSync()) < 10 * TOLERANCE.flowRoundTrip, `seed ${seed}`);
  }
});

test("the gradient of the inverse agrees with central differences", () => {
  const { x, parameters } = random(11, 5, 3);
  const inputs = [x, parameters.widths, parameters.heights, parameters.slopes];
  const loss = (...t: tf.Tensor[]): tf.Scalar => {
    const [a, widths, heights, slopes] = t as [T2, T2, T2, T2];
    const [z, logDet] = spline(a, { widths, heights, slopes }, true);
    return tf.add(tf.sum(tf.mul(z, tf.tensor2d([[1, -2, 3]]))), tf.sum(logDet));
  };
  const gradients = tf.grads(loss)(inputs);
  inputs.forEach((tensor, i) => {
    const values = tensor.dataSync();
    const g = gradients[i]!.dataSync();
    values.forEach((_, j) => {
      const at = (step: number): number => {
        const moved = Float32Array.from(values);
        moved[j] = moved[j]! + step;
        return loss(...inputs.map((t, k) => (k === i ? tf.tensor(moved, t.shape) : t))).dataSync()[0]!;
      };
      const h = 3e-3; // single precision: a compromise of rounding (1e-7 / h) and truncation (h^2)
      const numeric = (at(h) - at(-h)) / (2 * h);
      assert.ok(
        Math.abs(numeric - g[j]!) < 1e-2 * (1 + Math.abs(numeric)),
        `input ${i}, entry ${j}: ${g[j]} against ${numeric}`,
      );
    });
  });
});

test("zero logits and unit slopes are the identity, at both ends too", () => {
  const x = tf.tensor2d([[0, 1e-7, 0.3, 0.999, 1]]);
  const slopes = tf.fill([9, 5], Math.log(Math.exp(1 - 1e-3) - 1)) as T2;
  const parameters = { widths: tf.zeros([8, 5]) as T2, heights: tf.zeros([8, 5]) as T2, slopes };
  for (const inverse of [false, true]) {
    const [y, logDet] = spline(x, parameters, inverse);
    assert.ok(difference(y.dataSync(), x.dataSync()) < TOLERANCE.f32);
    assert.ok(Math.max(...tf.abs(logDet).dataSync()) < TOLERANCE.f32);
  }
});

test("logits of +-1e4 stay finite, value and gradient", () => {
  const sign = (rows: number): T2 =>
    tf.tensor2d(
      Float32Array.from({ length: rows * 4 }, (_, i) => (i % 3 ? 1e4 : -1e4)),
      [rows, 4],
    );
  const x = tf.tensor2d([[0.1, 0.4, 0.6, 0.9]]);
  for (const inverse of [false, true]) {
    const run = (...t: tf.Tensor[]): tf.Scalar => {
      const [widths, heights, slopes] = t as [T2, T2, T2];
      return tf.sum(tf.concat(spline(x, { widths, heights, slopes }, inverse), 0));
    };
    const { value, grads } = tf.valueAndGrads(run)([sign(8), sign(8), sign(9)]);
    assert.ok([value, ...grads].every((t) => t.dataSync().every(Number.isFinite)));
  }
});
