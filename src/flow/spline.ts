/**
 * Monotone rational-quadratic splines on [0,1] with a hand-derived gradient (Durkan et al. 2019, eqs. 4-8; paper appendix: 8 bins).
 *
 * All tensors are features first: a column is one dof of one sample. The gradient is written out because automatic
 * differentiation of the bin search costs twice the elementwise work; tests hold it against finite differences.
 */
import * as tf from "@tensorflow/tfjs";
import { takeRow } from "./take-row";

/** Smallest bin width and height, as a share of the interval. */
export const MIN_BIN = 1e-3;
/** Smallest slope at a knot. */
export const MIN_SLOPE = 1e-3;

const KERNEL = "RationalQuadraticSpline";
type T2 = tf.Tensor2D;

/** Unnormalised parameters, one column per transformed dof and sample. */
export interface SplineParameters {
  /** [bins, columns] logits of the widths. */
  readonly widths: T2;
  /** [bins, columns] logits of the heights. */
  readonly heights: T2;
  /** [bins + 1, columns]; slope = MIN_SLOPE + softplus(value). */
  readonly slopes: T2;
}

/** exp(logits), the cumulative sums C of bin sizes times their total, and that total; knot r lies at C[r] / total. */
function cumulate(logits: T2) {
  const bins = logits.shape[0];
  const share = MIN_BIN / (1 - MIN_BIN * bins);
  // The minimum bin size is folded into the summation matrix: C[r] = sum_{j<r} e_j + r * share * sum_j e_j.
  const matrix = Array.from({ length: bins + 1 }, (_, r) =>
    Array.from({ length: bins }, (_, j) => Number(j < r) + r * share),
  );
  const exp = tf.exp(tf.sub(logits, tf.max(logits, 0, true))) as T2; // the largest is 1: no overflow for any logits
  const sums = tf.matMul(tf.tensor2d(matrix), exp) as T2;
  const total = tf.slice(sums, [bins, 0], [1, -1]) as T2;
  return { exp, sums, scale: tf.reciprocal(total) as T2, total };
}

const lowerKnot = (c: ReturnType<typeof cumulate>, k: T2): T2 => tf.mul(takeRow(c.sums, k), c.scale) as T2;
/** Not the difference of two knots: that would lose four digits of a narrow bin in single precision. */
const binSize = (c: ReturnType<typeof cumulate>, k: T2): T2 =>
  tf.add(tf.mul(takeRow(c.exp, k), c.scale), MIN_BIN) as T2;

/** Everything that value and gradient share, at one point per column. */
function locate(input: T2, { widths, heights, slopes }: SplineParameters, inverse: boolean) {
  const w = cumulate(widths);
  const h = cumulate(heights);
  const searched = inverse ? h : w;
  // 1 for every knot at or left of the point; the point 1 itself belongs to the last bin.
  const point = tf.mul(tf.clipByValue(input, 0, 1 - 1e-6), searched.total);
  const reached = tf.cast(tf.greaterEqual(point, searched.sums), "float32") as T2;
  const k = tf.sub(tf.sum(reached, 0, true), 1) as T2;
  const [x0, width] = [lowerKnot(w, k), binSize(w, k)];
  const [y0, height] = [lowerKnot(h, k), binSize(h, k)];
  const raw0 = takeRow(slopes, k);
  const raw1 = takeRow(slopes, tf.add(k, 1) as T2);
  const d0 = tf.add(tf.softplus(raw0), MIN_SLOPE) as T2;
  const d1 = tf.add(tf.softplus(raw1), MIN_SLOPE) as T2;
  const s = tf.div(height, width) as T2;
  const e = tf.sub(tf.add(d0, d1), tf.add(s, s)) as T2;
  const t = inverse ? solve(tf.sub(input, y0) as T2, height, s, d0, e) : (tf.div(tf.sub(input, x0), width) as T2);
  const u = tf.sub(1, t) as T2;
  const tu = tf.mul(t, u) as T2;
  const tt = tf.square(t) as T2;
  const numerator = tf.add(tf.mul(s, tt), tf.mul(d0, tu)) as T2;
  const denominator = tf.add(s, tf.mul(e, tu)) as T2;
  const ratio = tf.div(numerator, denominator) as T2;
  const v = tf.add(tf.add(tf.mul(d1, tt), tf.mul(tf.add(s, s), tu)), tf.mul(d0, tf.square(u))) as T2;
  return { w, h, reached, k, x0, y0, raw0, raw1, d0, d1, width, height, s, e, t, u, tu, tt, denominator, ratio, v };
}

/** Position within the bin from the height above its lower knot: the stable root of the quadratic (Durkan et al., eq. 6-8). */
function solve(dy: T2, height: T2, s: T2, d0: T2, e: T2): T2 {
  const a = tf.add(tf.mul(height, tf.sub(s, d0)), tf.mul(dy, e));
  const b = tf.sub(tf.mul(height, d0), tf.mul(dy, e));
  const c = tf.neg(tf.mul(s, dy));
  // Rounding can make the discriminant of a point on a knot slightly negative.
  const root = tf.sqrt(tf.relu(tf.sub(tf.square(b), tf.mul(tf.mul(4, a), c))));
  return tf.clipByValue(tf.div(tf.mul(-2, c), tf.add(b, root)), 0, 1) as T2;
}

type Located = ReturnType<typeof locate>;

function outputs(p: Located, inverse: boolean): [T2, T2] {
  const logSlope = tf.log(tf.mul(p.v, tf.square(tf.div(p.s, p.denominator)))) as T2;
  if (inverse) return [tf.add(p.x0, tf.mul(p.t, p.width)) as T2, tf.neg(logSlope) as T2];
  return [tf.add(p.y0, tf.mul(p.height, p.ratio)) as T2, logSlope];
}

/** d log(dy/dx) / dt at fixed parameters. */
function logSlopeByT(p: Located): T2 {
  const c = tf.sub(p.u, p.t);
  const dv = tf.add(tf.mul(p.s, c), tf.sub(tf.mul(p.d1, p.t), tf.mul(p.d0, p.u)));
  return tf.mul(2, tf.sub(tf.div(dv, p.v), tf.div(tf.mul(p.e, c), p.denominator))) as T2;
}

/** Pulls cotangents of y and log(dy/dx) back to x and to the raw parameters. */
function pullback(p: Located, gy: T2, gl: T2): { x: T2; widths: T2; heights: T2; slopes: T2 } {
  const { s, t, u, tu, tt, d0, d1, e } = p;
  const c = tf.sub(u, t);
  const gRatio = tf.mul(gy, p.height);
  const gNum = tf.div(gRatio, p.denominator);
  const gl2 = tf.add(gl, gl);
  const gDen = tf.neg(tf.div(tf.add(tf.mul(gRatio, p.ratio), gl2), p.denominator));
  const gv = tf.div(gl, p.v);
  const gs = tf.add(
    tf.add(tf.mul(gNum, tt), tf.mul(gDen, tf.sub(1, tf.add(tu, tu)))),
    tf.add(tf.mul(gv, tf.add(tu, tu)), tf.div(gl2, s)),
  );
  const gd0 = tf.add(tf.mul(tf.add(gNum, gDen), tu), tf.mul(gv, tf.square(u))) as T2;
  const gd1 = tf.add(tf.mul(gDen, tu), tf.mul(gv, tt)) as T2;
  const dv = tf.add(tf.mul(s, c), tf.sub(tf.mul(d1, t), tf.mul(d0, u)));
  const gt = tf.add(
    tf.add(tf.mul(gNum, tf.add(tf.mul(tf.add(s, s), t), tf.mul(d0, c))), tf.mul(tf.mul(gDen, e), c)),
    tf.mul(tf.add(gv, gv), dv),
  );
  const gx = tf.div(gt, p.width) as T2;
  const gHeight = tf.add(tf.mul(gy, p.ratio), tf.div(gs, p.width)) as T2;
  const gWidth = tf.neg(tf.div(tf.add(tf.mul(gs, s), tf.mul(gt, t)), p.width)) as T2;
  return {
    x: gx,
    widths: logitGradient(p.w, p, tf.neg(gx) as T2, p.x0, gWidth, p.width),
    heights: logitGradient(p.h, p, gy, p.y0, gHeight, p.height),
    slopes: slopeGradient(p, tf.mul(gd0, tf.sigmoid(p.raw0)) as T2, tf.mul(gd1, tf.sigmoid(p.raw1)) as T2),
  };
}

/**
 * From cotangents of the lower knot z and the bin size b to those of the logits. With p = softmax(logits) and A = 1 - MIN_BIN * bins,
 * z = A sum_{j<k} p_j + k MIN_BIN and b = A p_k + MIN_BIN, so d/dlogit_j = A p_j (gz [j<k] + gb [j=k] - gz sum_{i<k} p_i - gb p_k).
 */
function logitGradient(c: ReturnType<typeof cumulate>, p: Located, gKnot: T2, knot: T2, gBin: T2, bin: T2): T2 {
  const bins = c.exp.shape[0];
  const a = tf.mul(gKnot, c.scale);
  const b = tf.mul(gBin, c.scale);
  const left = tf.sub(knot, tf.mul(p.k, MIN_BIN));
  const mean = tf.div(tf.add(tf.mul(a, left), tf.mul(b, tf.sub(bin, MIN_BIN))), 1 - MIN_BIN * bins);
  const before = tf.slice(p.reached, [1, 0], [bins, -1]); // bins left of the point's own
  const upTo = tf.slice(p.reached, [0, 0], [bins, -1]); // and including it
  return tf.mul(c.exp, tf.sub(tf.add(tf.mul(before, tf.sub(a, b)), tf.mul(upTo, b)), mean)) as T2;
}

/** Places the cotangents of the two slopes in their rows. */
function slopeGradient(p: Located, g0: T2, g1: T2): T2 {
  const knots = p.reached.shape[0];
  const row = tf.tensor2d(
    Float32Array.from({ length: knots }, (_, i) => i),
    [knots, 1],
  );
  const upper = tf.where(tf.equal(row, tf.add(p.k, 1)), g1, tf.zerosLike(g1));
  return tf.where(tf.equal(row, p.k), g0, upper) as T2;
}

/** For z = f^-1(y): dz = (dy - df/dtheta dtheta) / f', and the second output is -log f'(z, theta). */
function inversePullback(p: Located, gz: T2, gl: T2): ReturnType<typeof pullback> {
  const slope = tf.mul(p.v, tf.square(tf.div(p.s, p.denominator)));
  const total = tf.sub(gz, tf.mul(gl, tf.div(logSlopeByT(p), p.width)));
  const gy = tf.div(total, slope) as T2;
  return { ...pullback(p, tf.neg(gy) as T2, tf.neg(gl) as T2), x: gy };
}

const kernel: tf.KernelFunc = ({ inputs, attrs }) =>
  tf.tidy(() => {
    const { inverse } = attrs as unknown as { inverse: boolean };
    const { x, widths, heights, slopes } = inputs as unknown as SplineParameters & { x: T2 };
    return outputs(locate(x, { widths, heights, slopes }, inverse), inverse);
  }) as unknown as tf.TensorInfo[];
for (const backendName of ["cpu", "tensorflow", "trace"]) {
  tf.registerKernel({ kernelName: KERNEL, backendName, kernelFunc: kernel });
}

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ["x", "widths", "heights", "slopes"],
  gradFunc: (dy, saved, attrs) => {
    const { inverse } = attrs as unknown as { inverse: boolean };
    const [gOut, gLog] = dy as unknown as [T2, T2];
    const [x, widths, heights, slopes] = saved as [T2, T2, T2, T2];
    // Recomputed from the inputs: a trace shares the nodes with the forward pass, eager engines save memory.
    const p = locate(x, { widths, heights, slopes }, inverse);
    const g = inverse ? inversePullback(p, gOut, gLog) : pullback(p, gOut, gLog);
    return {
      x: () => g.x,
      widths: () => g.widths,
      heights: () => g.heights,
      slopes: () => g.slopes,
    };
  },
});

/**
 * One spline per column.
 * @param x [1, columns], in [0,1]
 * @param inverse false maps x to y, true maps y to x
 * @returns the mapped value and the log of the derivative of that map, each [1, columns]
 */
export function spline(x: T2, parameters: SplineParameters, inverse: boolean): [T2, T2] {
  const { widths, heights, slopes } = parameters;
  return tf.engine().runKernel(KERNEL, { x, widths, heights, slopes }, { inverse }) as unknown as [T2, T2];
}
