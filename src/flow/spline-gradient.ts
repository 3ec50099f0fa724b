/** The gradient of a coupling's splines, written out in tensor operations: automatic differentiation of the bin search costs twice as much. */
import * as tf from "@tensorflow/tfjs";
import { MIN_BIN, type SplineOptions } from "./spline-kernels";
import { close, columns, locate, type Located, type Sizes, type SplineParameters } from "./spline-location";

type T2 = tf.Tensor2D;

/** Pulls cotangents of y and log(dy/dx) back to x and to the raw parameters; `known` is the first of these where it need not be computed. */
function pullback(p: Located, bins: Sizes, gy: T2, gl: T2, known?: T2) {
  const { s, t, u, tu, d0, e, denominator } = p;
  const tt = tf.square(t);
  const c = tf.sub(u, t);
  const ratio = tf.div(tf.add(tf.mul(s, tt), tf.mul(d0, tu)), denominator);
  const gRatio = tf.mul(gy, p.height);
  const gNum = tf.div(gRatio, denominator);
  const gl2 = tf.add(gl, gl);
  const gDen = tf.neg(tf.div(tf.add(tf.mul(gRatio, ratio), gl2), denominator));
  const gv = tf.div(gl, p.v);
  const gs = tf.add(
    tf.add(tf.mul(gNum, tt), tf.mul(gDen, tf.sub(1, tf.add(tu, tu)))),
    tf.add(tf.mul(gv, tf.add(tu, tu)), tf.div(gl2, s)),
  );
  const gd0 = tf.add(tf.mul(tf.add(gNum, gDen), tu), tf.mul(gv, tf.square(u)));
  const gd1 = tf.add(tf.mul(gDen, tu), tf.mul(gv, tt));
  const byT = (): tf.Tensor =>
    tf.add(
      tf.add(tf.mul(gNum, tf.add(tf.mul(tf.add(s, s), t), tf.mul(d0, c))), tf.mul(tf.mul(gDen, e), c)),
      tf.mul(tf.add(gv, gv), valueByT(p)),
    );
  const gx = known ?? (tf.div(byT(), p.width) as T2);
  const gHeight = tf.add(tf.mul(gy, ratio), tf.div(gs, p.width)) as T2;
  const gWidth = tf.neg(tf.add(tf.div(tf.mul(gs, s), p.width), tf.mul(gx, t))) as T2;
  return {
    x: gx,
    widths: logitGradient(bins.widths, p.k, [tf.neg(gx) as T2, p.x0], [gWidth, p.width]),
    heights: logitGradient(bins.heights, p.k, [gy, p.y0], [gHeight, p.height]),
    slopes: slopeGradient(
      p.k,
      bins.widths.shape[0],
      tf.mul(gd0, tf.sigmoid(p.raw0)) as T2,
      tf.mul(gd1, tf.sigmoid(p.raw1)) as T2,
    ),
  };
}

/** Half of dv/dt. */
const valueByT = ({ s, t, u, d0, d1 }: Located): tf.Tensor =>
  tf.add(tf.mul(s, tf.sub(u, t)), tf.sub(tf.mul(d1, t), tf.mul(d0, u)));

/** For z = f^-1(y): dz = (dy - df/dtheta dtheta) / f', and the second output is -log f'(z, theta). */
function inversePullback(p: Located, bins: Sizes, gz: T2, gl: T2): ReturnType<typeof pullback> {
  const c = tf.sub(p.u, p.t);
  const logSlopeByT = tf.mul(2, tf.sub(tf.div(valueByT(p), p.v), tf.div(tf.mul(p.e, c), p.denominator)));
  const gy = tf.div(tf.sub(gz, tf.mul(gl, tf.div(logSlopeByT, p.width))), p.slope) as T2;
  // What returns to x is then -gz by construction; computed, it would be the difference of large numbers.
  return { ...pullback(p, bins, tf.neg(gy) as T2, tf.neg(gl) as T2, tf.neg(gz) as T2), x: gy };
}

const rowNumbers = (rows: number): tf.Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: rows }, (_, i) => i),
    [rows, 1],
  );
const where = (condition: tf.Tensor, value: T2): tf.Tensor => tf.where(condition, value, tf.zerosLike(value));

/**
 * From cotangents of the lower knot z and the bin size b to those of the logits. With p = softmax(logits) and A = 1 - MIN_BIN bins,
 * z = A sum_{j<k} p_j + k MIN_BIN and b = A p_k + MIN_BIN, so d/dlogit_j = A p_j (gz [j<k] + gb [j=k] - gz sum_{i<k} p_i - gb p_k).
 */
function logitGradient(size: T2, k: T2, [gKnot, knot]: [T2, T2], [gBin, bin]: [T2, T2]): T2 {
  const bins = size.shape[0];
  const before = tf.sub(knot, tf.mul(k, MIN_BIN));
  const total = tf.add(tf.mul(gKnot, before), tf.mul(gBin, tf.sub(bin, MIN_BIN)));
  const own = tf.add(where(tf.less(rowNumbers(bins), k), gKnot), where(tf.equal(rowNumbers(bins), k), gBin));
  return tf.mul(size, tf.sub(own, tf.div(total, 1 - MIN_BIN * bins))) as T2;
}

/** Places the cotangents of the two slopes in their rows. */
function slopeGradient(k: T2, bins: number, g0: T2, g1: T2): T2 {
  const row = rowNumbers(bins + 1);
  return tf.add(where(tf.equal(row, k), g0), where(tf.equal(row, tf.add(k, 1)), g1)) as T2;
}

/** The gradient of `close`. */
function open(g: T2, n: number, circular: number): T2 {
  if (circular === 0) return g;
  const rows = g.shape[0] - circular;
  const last = tf.slice(g, [rows, 0], [circular, -1]);
  const own = tf.slice(g, [0, 0], [rows, -1]);
  return tf.add(own, tf.pad(last, [[n - circular, rows - n], [0, 0]])) as T2; // prettier-ignore
}

/** Inputs of the gradient: widths and heights are the sizes, gLogDet [batch]. Outputs like x, widths, heights, slopes. */
export function composeSplineGradient(
  inputs: SplineParameters & { readonly x: T2; readonly gy: T2; readonly gLogDet: tf.Tensor1D },
  { circular, inverse }: SplineOptions,
): tf.Tensor[] {
  const { x, widths, heights, slopes, gy, gLogDet } = inputs;
  const [n, batch] = x.shape;
  const bins = { widths: columns(widths, n), heights: columns(heights, n) };
  // Located again: a trace shares the nodes with the forward pass, eager engines save memory.
  const p = locate(tf.reshape(x, [1, -1]), bins, columns(close(slopes, n, circular), n), inverse);
  const gl = tf.reshape(tf.add(tf.zerosLike(x), gLogDet), [1, -1]) as T2;
  const g = (inverse ? inversePullback : pullback)(p, bins, tf.reshape(gy, [1, -1]), gl);
  const whole = (t: T2): T2 => tf.reshape(t, [-1, batch]);
  return [whole(g.x), whole(g.widths), whole(g.heights), open(whole(g.slopes), n, circular)];
}
