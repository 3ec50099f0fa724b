import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import * as tf from "@tensorflow/tfjs";
import { spline, type SplineParameters } from "../../src/flow/spline";
import { MIN_SLOPE } from "../../src/flow/spline-kernels";
import { readNpy } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createRng } from "../../src/numerics/random";
import { difference } from "../difference";
import { TOLERANCE } from "../tolerances";
import { differentiateScalar, evaluateScalar, type ScalarSpline } from "./scalar-spline";
import { differentiateWithKernels, evaluateWithKernels } from "./spline-kernels";

type T2 = tf.Tensor2D;
before(() => tf.setBackend("cpu"));

/** Splines of one degree of freedom, one column per sample: what the plain and the compiled form take. */
export interface Columns {
  readonly x: Float32Array;
  /** [bins, n] */
  readonly widths: Float32Array;
  readonly heights: Float32Array;
  /** [bins + 1, n], or [bins, n] if circular. */
  readonly slopes: Float32Array;
}
/**
 * What is allowed beyond TOLERANCE.f32 of the scale: what moving the point by this does to the exact function. Points, sizes and knots
 * have 24 bits each in single precision, four times finer than this, and bins are down to a thousandth wide.
 */
const ROUNDING = 2 ** -22;

const PARTS = ["x", "widths", "heights", "slopes"] as const;

/** The two single-precision forms. */
const FORMS = {
  "tensor operations": {
    evaluate(c: Columns, circular: boolean, inverse: boolean): [Float32Array, Float32Array] {
      const { x, ...parameters } = tensors(c);
      const [y, logDet] = spline(x, parameters, { circular: Number(circular), inverse });
      return [y.dataSync() as Float32Array, logDet.dataSync() as Float32Array];
    },
    differentiate(c: Columns, gy: Float32Array, gl: Float32Array, circular: boolean, inverse: boolean): Columns {
      const inputs = tensors(c);
      const loss = (...t: tf.Tensor[]): tf.Scalar => {
        const [x, widths, heights, slopes] = t as [T2, T2, T2, T2];
        const [y, logDet] = spline(x, { widths, heights, slopes }, { circular: Number(circular), inverse });
        return tf.add(tf.sum(tf.mul(y, tf.tensor2d(gy, y.shape))), tf.sum(tf.mul(logDet, tf.tensor1d(gl))));
      };
      const gradients = tf.grads(loss)(PARTS.map((part) => inputs[part]));
      return Object.fromEntries(PARTS.map((part, i) => [part, gradients[i]!.dataSync()])) as unknown as Columns;
    },
  },
  "compiled kernels": { evaluate: evaluateWithKernels, differentiate: differentiateWithKernels },
};

function tensors(c: Columns): SplineParameters & { readonly x: T2 } {
  const n = c.x.length;
  const rows = (values: Float32Array): T2 => tf.tensor2d(values, [values.length / n, n]);
  return { x: rows(c.x), widths: rows(c.widths), heights: rows(c.heights), slopes: rows(c.slopes) };
}

/** Column i as numbers, the last slope of a circular spline repeated. */
function column(c: Columns, i: number, circular: boolean): ScalarSpline {
  const n = c.x.length;
  const rows = (values: Float32Array): number[] =>
    Array.from({ length: values.length / n }, (_, r) => values[r * n + i]!);
  const slopes = rows(c.slopes);
  return { widths: rows(c.widths), heights: rows(c.heights), slopes: circular ? [...slopes, slopes[0]!] : slopes };
}

/** Fixtures: bgflow's spline in float64 on random, partly extreme parameters; loss of the gradients: sum_ij cos(j) y_ij + logdet_ij. */
function reference(name: string, left: number, width: number) {
  const load = (key: string) => readNpy(path.join(projectRoot(), "test", "fixtures", "spline", `${name}_${key}.npy`));
  const x = load("x");
  const n = x.data.length;
  const points = Float64Array.from(x.data, (v) => (v - left) / width);
  const raw = (["widths", "heights", "derivatives"] as const).map((key) => load(key).data);
  const spline = (i: number, precision: (v: number) => number): ScalarSpline => {
    const [widths, heights, slopes] = raw.map((data) =>
      Array.from(data.slice((i * data.length) / n, ((i + 1) * data.length) / n), precision),
    ) as [number[], number[], number[]];
    return { widths, heights, slopes };
  };
  const columns = (data: ArrayLike<number>): Float32Array => {
    const rows = data.length / n;
    return Float32Array.from({ length: data.length }, (_, at) => data[(at % n) * rows + Math.floor(at / n)]!);
  };
  const [widths, heights, slopes] = raw.map(columns) as [Float32Array, Float32Array, Float32Array];
  const cotangent = Float32Array.from({ length: n }, (_, i) => width * Math.cos(i % x.shape[1]!));
  return { load, points, spline, n, cotangent, columns: { x: Float32Array.from(points), widths, heights, slopes } };
}

for (const [name, left, width] of [
  ["unit8", 0, 1],
  ["gmm16", -50, 100],
] as const) {
  const { load, points, spline: exact, n, cotangent, columns } = reference(name, left, width);
  const all = Array.from({ length: n }, (_, i) => i);

  test(`${name}: in double precision both directions and the gradient agree with bgflow`, () => {
    for (const [inverse, y, logDet] of [
      [false, "y", "logdet"],
      [true, "y_inverse", "logdet_inverse"],
    ] as const) {
      const values = all.map((i) => evaluateScalar(points[i]!, exact(i, Number), inverse));
      assert.ok(difference(values.map(([v]) => v * width + left), load(y).data) < TOLERANCE.f64, y); // prettier-ignore
      assert.ok(difference(values.map(([, l]) => l), load(logDet).data) < TOLERANCE.f64, logDet); // prettier-ignore
    }
    const cosine = (i: number): number => width * Math.cos(i % load("x").shape[1]!);
    const g = all.map((i) => differentiateScalar(points[i]!, exact(i, Number), false, [cosine(i), 1]));
    const parts = { grad_x: g.map(({ x }) => x / width), grad_widths: g.flatMap((v) => v.widths) };
    const more = { grad_heights: g.flatMap((v) => v.heights), grad_derivatives: g.flatMap((v) => v.slopes) };
    for (const [key, ours] of Object.entries({ ...parts, ...more })) {
      assert.ok(difference(ours, load(key).data) < TOLERANCE.f64, key);
    }
  });

  for (const [form, { evaluate, differentiate }] of Object.entries(FORMS)) {
    for (const inverse of [false, true]) {
      test(`${name}: ${form} agree with double precision, ${inverse ? "inverse" : "forward"}`, () => {
        const exactAt = (i: number, move: number) => {
          const point = columns.x[i]! + move;
          const spline = column(columns, i, false);
          const [value, log] = evaluateScalar(point, spline, inverse);
          const g = differentiateScalar(point, spline, inverse, [cotangent[i]!, 1]);
          return { value: [value], log: [log], x: [g.x], widths: g.widths, heights: g.heights, slopes: g.slopes };
        };
        const [value, log] = evaluate(columns, false, inverse);
        const ours = {
          value,
          log,
          ...differentiate(columns, cotangent, new Float32Array(n).fill(1), false, inverse),
        };
        const [here, lower, upper] = [0, -ROUNDING, ROUNDING].map((move) => all.map((i) => exactAt(i, move))) as [
          ReturnType<typeof exactAt>[],
          ReturnType<typeof exactAt>[],
          ReturnType<typeof exactAt>[],
        ];
        const slack = inverse ? 2 : 1; // the root of a nearly double quadratic
        for (const part of ["value", "log", ...PARTS] as const) {
          const scale = Math.max(...here.flatMap((h) => h[part].map(Math.abs)));
          here.forEach((h, i) =>
            h[part].forEach((exact, row) => {
              const moved = [lower, upper].map((side) => Math.abs(side[i]![part][row]! - exact));
              const apart = Math.abs(ours[part][row * n + i]! - exact);
              const allowed = slack * TOLERANCE.f32 * scale + Math.max(...moved);
              assert.ok(apart <= allowed, `${part} ${row} of spline ${i}: ${apart}, allowed ${allowed}`);
            }),
          );
        }
      });
    }
  }
}

/** Random parameters of moderate size, as a trained flow has them. */
function random(seed: number, n: number, bins = 8, circular = false): Columns {
  const rng = createRng(seed);
  const normal = (rows: number): Float32Array => Float32Array.from({ length: rows * n }, () => rng.normal());
  const x = Float32Array.from({ length: n }, () => rng.uniform());
  return { x, widths: normal(bins), heights: normal(bins), slopes: normal(bins + Number(!circular)) };
}

for (const [form, { evaluate, differentiate }] of Object.entries(FORMS)) {
  test(`${form}: the inverse undoes the map and its log-determinant cancels`, () => {
    for (let seed = 0; seed < 50; seed++) {
      const c = random(seed, 40, 8, seed % 2 === 1);
      const [y, forward] = evaluate(c, seed % 2 === 1, false);
      const [back, backward] = evaluate({ ...c, x: y }, seed % 2 === 1, true);
      assert.ok(difference(back, c.x) < TOLERANCE.flowRoundTrip, `seed ${seed}`);
      // A normal slope logit near a narrow bin multiplies the rounding of y by up to 1e3.
      const apart = Math.max(...forward.map((l, i) => Math.abs(l + backward[i]!)));
      assert.ok(apart < 10 * TOLERANCE.flowRoundTrip, `seed ${seed}: ${apart}`);
    }
  });

  test(`${form}: a circular spline is that with its first slope repeated, its gradient in one row`, () => {
    for (const inverse of [false, true]) {
      const n = 200;
      const c = random(3, n, 5, true);
      const open = { ...c, slopes: Float32Array.from([...c.slopes, ...c.slopes.slice(0, n)]) };
      const [closed, other] = [evaluate(c, true, inverse), evaluate(open, false, inverse)];
      assert.deepEqual(closed, other);
      const g = c.x.map((v) => v - 0.3);
      const a = differentiate(c, g, g, true, inverse);
      const b = differentiate(open, g, g, false, inverse);
      const folded = b.slopes.slice(0, 5 * n).map((v, i) => (i < n ? v + b.slopes[5 * n + i]! : v));
      assert.ok(difference(a.slopes, folded) < TOLERANCE.f32);
      assert.deepEqual([a.x, a.widths, a.heights], [b.x, b.widths, b.heights]);
    }
  });

  test(`${form}: zero logits and unit slopes are the identity, at both ends too`, () => {
    const x = Float32Array.of(0, 1e-7, 0.3, 0.999, 1);
    const zero = new Float32Array(8 * 5);
    const slopes = new Float32Array(9 * 5).fill(Math.log(Math.exp(1 - MIN_SLOPE) - 1));
    for (const inverse of [false, true]) {
      const [y, logDet] = evaluate({ x, widths: zero, heights: zero, slopes }, false, inverse);
      assert.ok(difference(y, x) < TOLERANCE.f32);
      assert.ok(Math.max(...logDet.map(Math.abs)) < TOLERANCE.f32);
    }
  });

  test(`${form}: logits of +-1e4 stay finite, value and gradient`, () => {
    const sign = (rows: number): Float32Array =>
      Float32Array.from({ length: rows * 4 }, (_, i) => (i % 3 ? 1e4 : -1e4));
    const c = { x: Float32Array.of(0.1, 0.4, 0.6, 0.9), widths: sign(8), heights: sign(8), slopes: sign(9) };
    const one = new Float32Array(4).fill(1);
    for (const inverse of [false, true]) {
      const values = [...evaluate(c, false, inverse), ...Object.values(differentiate(c, one, one, false, inverse))];
      assert.ok(values.every((v: Float32Array) => v.every(Number.isFinite)));
    }
  });
}
