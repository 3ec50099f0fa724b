/**
 * Monotone rational-quadratic splines on [0,1] with a hand-derived gradient (Durkan et al. 2019, eqs. 4-8; paper appendix: 8 bins).
 *
 * This is the plain form, in tensor operations; engines may run the two kernels named here by code of their own (src/wasm), which
 * tests hold against it. All tensors are features first. The gradient is written out because automatic differentiation of the bin
 * search costs twice the elementwise work.
 */
import * as tf from "@tensorflow/tfjs";
import { MIN_BIN, MIN_SLOPE, SPLINE, SPLINE_GRADIENT, type SplineOptions } from "./spline-kernels";
import { takeRow } from "./take-row";

type T2 = tf.Tensor2D;

/** Unnormalised parameters; bin or knot b of degree of freedom i in row b n + i. */
export interface SplineParameters {
  /** [bins n, batch] logits of the widths. */
  readonly widths: T2;
  /** [bins n, batch] logits of the heights. */
  readonly heights: T2;
  /** [(bins + 1) n - circular, batch]: slope = MIN_SLOPE + softplus(value); the last knot of a circular spline is its first. */
  readonly slopes: T2;
}

/** Sizes of bins, each less MIN_BIN. */
interface Sizes {
  readonly widths: T2;
  readonly heights: T2;
}

/** One column per degree of freedom and sample, one row per bin or knot. */
const columns = (t: T2, n: number): T2 => tf.reshape(t, [t.shape[0] / n, n * t.shape[1]]);

function sizes(logits: T2): T2 {
  const bins = logits.shape[0];
  const exp = tf.exp(tf.sub(logits, tf.max(logits, 0, true))); // the largest is 1: no overflow for any logits
  return tf.mul(exp, tf.div(1 - MIN_BIN * bins, tf.sum(exp, 0, true))) as T2;
}

/** The sums over the bins before and behind each bin. */
function cumulate(size: T2) {
  const bins = size.shape[0];
  const sums = (counts: (bin: number, other: number) => boolean): T2 => {
    const matrix = Array.from({ length: bins }, (_, r) => Array.from({ length: bins }, (_, j) => Number(counts(r, j))));
    const least = matrix.map((row) => [MIN_BIN * row.reduce((sum, v) => sum + v, 0)]);
    return tf.add(tf.matMul(tf.tensor2d(matrix), size), tf.tensor2d(least)) as T2;
  };
  return { before: sums((r, j) => j < r), behind: sums((r, j) => j > r) };
}

/** Everything that value and gradient share, at one point per column. */
function locate(input: T2, { widths, heights }: Sizes, slopes: T2, inverse: boolean) {
  const w = cumulate(widths);
  const h = cumulate(heights);
  const searched = inverse ? h : w;
  const reached = tf.cast(tf.greaterEqual(tf.relu(input), searched.before), "float32");
  const k = tf.sub(tf.sum(reached, 0, true), 1) as T2;
  const x0 = takeRow(w.before, k);
  const y0 = takeRow(h.before, k);
  const beyondX = takeRow(w.behind, k);
  const beyondY = takeRow(h.behind, k);
  const width = tf.add(takeRow(widths, k), MIN_BIN) as T2;
  const height = tf.add(takeRow(heights, k), MIN_BIN) as T2;
  const raw0 = takeRow(slopes, k);
  const raw1 = takeRow(slopes, tf.add(k, 1) as T2);
  const d0 = tf.add(tf.softplus(raw0), MIN_SLOPE) as T2;
  const d1 = tf.add(tf.softplus(raw1), MIN_SLOPE) as T2;
  const s = tf.div(height, width) as T2;
  const e = tf.sub(tf.add(d0, d1), tf.add(s, s)) as T2;
  // From the nearer end of the interval: knots there have the smaller rounding error, and bins are down to a thousandth wide.
  const fromAbove = tf.greater(inverse ? y0 : x0, 0.5);
  const start = inverse ? tf.where(fromAbove, beyondY, y0) : tf.where(fromAbove, beyondX, x0);
  const distance = tf.sub(tf.where(fromAbove, tf.sub(1, input), input), start) as T2;
  const part = inverse ? solve(distance, tf.where(fromAbove, d1, d0), { height, s, e }) : tf.div(distance, width);
  const rest = tf.sub(1, part);
  const t = tf.where(fromAbove, rest, part) as T2;
  const u = tf.where(fromAbove, part, rest) as T2;
  const tu = tf.mul(t, u) as T2;
  const denominator = tf.add(s, tf.mul(e, tu)) as T2;
  const v = tf.add(tf.add(tf.mul(d1, tf.square(t)), tf.mul(tf.add(s, s), tu)), tf.mul(d0, tf.square(u))) as T2;
  const slope = tf.mul(v, tf.square(tf.div(s, denominator))) as T2;
  const bin = { k, x0, y0, beyondX, beyondY, width, height, fromAbove };
  return { ...bin, raw0, raw1, d0, d1, s, e, t, u, tu, denominator, v, slope };
}

/** Position within the bin from the height above its nearer knot, of slope `d`: the stable root of the quadratic (eqs. 6-8). */
function solve(dy: T2, d: tf.Tensor, { height, s, e }: { readonly height: T2; readonly s: T2; readonly e: T2 }): T2 {
  const a = tf.add(tf.mul(height, tf.sub(s, d)), tf.mul(dy, e));
  const b = tf.sub(tf.mul(height, d), tf.mul(dy, e));
  const c = tf.mul(s, dy);
  // Rounding can make the discriminant of a point on a knot slightly negative.
  const root = tf.sqrt(tf.relu(tf.add(tf.square(b), tf.mul(tf.mul(4, a), c))));
  return tf.clipByValue(tf.div(tf.add(c, c), tf.add(b, root)), 0, 1) as T2;
}

type Located = ReturnType<typeof locate>;

/** The mapped value, from the nearer end as well. */
function mapped({ x0, y0, beyondX, beyondY, width, height, fromAbove, ...p }: Located, inverse: boolean): tf.Tensor {
  const { d0, d1, s, t, u, tu, denominator } = p;
  if (inverse) {
    return tf.where(fromAbove, tf.sub(tf.sub(1, beyondX), tf.mul(u, width)), tf.add(x0, tf.mul(t, width)));
  }
  const part = (far: T2, d: T2): tf.Tensor =>
    tf.mul(height, tf.div(tf.add(tf.mul(s, tf.square(far)), tf.mul(d, tu)), denominator));
  return tf.where(fromAbove, tf.sub(tf.sub(1, beyondY), part(u, d1)), tf.add(y0, part(t, d0)));
}

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

/** Slopes of all knots, those of circular splines' last knots repeated from their first. */
function close(slopes: T2, n: number, circular: number): T2 {
  const first = tf.slice(slopes, [n - circular, 0], [circular, -1]);
  return circular ? (tf.concat([slopes, first], 0) as T2) : slopes;
}

/** The gradient of `close`. */
function open(g: T2, n: number, circular: number): T2 {
  if (circular === 0) return g;
  const rows = g.shape[0] - circular;
  const last = tf.slice(g, [rows, 0], [circular, -1]);
  const own = tf.slice(g, [0, 0], [rows, -1]);
  return tf.add(own, tf.pad(last, [[n - circular, rows - n], [0, 0]])) as T2; // prettier-ignore
}

/** The plain kernels; `attrs` are the options. Outputs y [n, batch], logDet [batch] summed over n, and the sizes for the gradient. */
export function composeSpline(
  inputs: SplineParameters & { readonly x: T2 },
  { circular, inverse }: SplineOptions,
): tf.Tensor[] {
  const { x, widths, heights, slopes } = inputs;
  const [n, batch] = x.shape;
  const bins = { widths: sizes(columns(widths, n)), heights: sizes(columns(heights, n)) };
  const p = locate(tf.reshape(x, [1, -1]), bins, columns(close(slopes, n, circular), n), inverse);
  const logDet = tf.sum(tf.reshape(tf.log(p.slope), [n, batch]), 0);
  return [
    tf.reshape(mapped(p, inverse), [n, batch]),
    inverse ? tf.neg(logDet) : logDet,
    tf.reshape(bins.widths, widths.shape),
    tf.reshape(bins.heights, heights.shape),
  ];
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

for (const backendName of ["cpu", "tensorflow"]) {
  for (const [kernelName, compose] of [
    [SPLINE, composeSpline],
    [SPLINE_GRADIENT, composeSplineGradient],
  ] as const) {
    const kernelFunc = (({ inputs, attrs }: { inputs: unknown; attrs: unknown }) =>
      tf.tidy(() => compose(inputs as never, attrs as SplineOptions))) as unknown as tf.KernelFunc;
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}

tf.registerGradient({
  kernelName: SPLINE,
  inputsToSave: ["x", "slopes"],
  outputsToSave: [false, false, true, true],
  gradFunc: (dy, saved, attrs) => {
    const [gy, gLogDet] = dy as unknown as [T2, tf.Tensor1D];
    const [x, slopes, widths, heights] = saved as [T2, T2, T2, T2];
    const g = tf.engine().runKernel(SPLINE_GRADIENT, { x, widths, heights, slopes, gy, gLogDet }, attrs) as tf.Tensor[];
    return { x: () => g[0]!, widths: () => g[1]!, heights: () => g[2]!, slopes: () => g[3]! };
  },
});

/**
 * The splines of one coupling.
 * @param x [n, batch], in [0,1]
 * @returns the mapped values [n, batch], and the log-determinant of the map, [batch]
 */
export function spline(x: T2, parameters: SplineParameters, options: SplineOptions): [T2, tf.Tensor1D] {
  const outputs = tf.engine().runKernel(SPLINE, { x, ...parameters }, { ...options }) as tf.Tensor[];
  return [outputs[0] as T2, outputs[1] as tf.Tensor1D];
}
