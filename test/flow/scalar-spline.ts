/** One rational-quadratic spline in double precision, scalar by scalar: what the single-precision forms are measured against. */
import { MIN_BIN, MIN_SLOPE } from "../../src/flow/spline-kernels";

export interface ScalarSpline {
  readonly widths: ArrayLike<number>;
  readonly heights: ArrayLike<number>;
  readonly slopes: ArrayLike<number>;
}

export interface Cotangents {
  readonly x: number;
  readonly widths: number[];
  readonly heights: number[];
  readonly slopes: number[];
}

const sizesOf = (logits: ArrayLike<number>): number[] => {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const exp = values.map((v) => Math.exp(v - largest));
  const total = exp.reduce((a, b) => a + b, 0);
  return exp.map((v) => MIN_BIN + ((1 - MIN_BIN * exp.length) * v) / total);
};
const knotsOf = (sizes: number[]): number[] => sizes.reduce((k, v) => [...k, k.at(-1)! + v], [0]);
const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));

/** Durkan et al. 2019, eqs. 4-8. */
function locate(point: number, { widths, heights, slopes }: ScalarSpline, inverse: boolean) {
  const [w, h] = [sizesOf(widths), sizesOf(heights)];
  const [xs, ys] = [knotsOf(w), knotsOf(h)];
  const k = Math.max(0, (inverse ? ys : xs).slice(1, -1).filter((knot) => point >= knot).length);
  const [d0, d1] = [MIN_SLOPE + softplus(slopes[k]!), MIN_SLOPE + softplus(slopes[k + 1]!)];
  const s = h[k]! / w[k]!;
  const e = d0 + d1 - 2 * s;
  let t = (point - xs[k]!) / w[k]!;
  if (inverse) {
    const dy = point - ys[k]!;
    const a = h[k]! * (s - d0) + dy * e;
    const b = h[k]! * d0 - dy * e;
    t = (2 * s * dy) / (b + Math.sqrt(Math.max(0, b * b + 4 * a * s * dy)));
  }
  const u = 1 - t;
  const den = s + e * t * u;
  const v = d1 * t * t + 2 * s * t * u + d0 * u * u;
  return { k, w, h, x0: xs[k]!, y0: ys[k]!, d0, d1, s, e, t, u, den, v, slope: v * (s / den) ** 2 };
}

/** The mapped point and the log of the map's derivative. */
export function evaluateScalar(point: number, spline: ScalarSpline, inverse: boolean): [number, number] {
  const p = locate(point, spline, inverse);
  if (inverse) return [p.x0 + p.t * p.w[p.k]!, -Math.log(p.slope)];
  return [p.y0 + (p.h[p.k]! * (p.s * p.t * p.t + p.d0 * p.t * p.u)) / p.den, Math.log(p.slope)];
}

/** The gradient of gy y + gl log(dy/dx), by the chain rule backwards through `locate`, one quantity a line. */
export function differentiateScalar(
  point: number,
  spline: ScalarSpline,
  inverse: boolean,
  [gOut, gLog]: readonly [number, number],
): Cotangents {
  const { k, w, h, d0, d1, s, e, t, u, den, v, slope } = locate(point, spline, inverse);
  const [width, height] = [w[k]!, h[k]!];
  const c = u - t;
  const dv = 2 * (s * c + d1 * t - d0 * u);
  const logSlopeByX = (dv / v - (2 * e * c) / den) / width;
  // z = f^-1(y): dz = (dy - df/dtheta dtheta) / f', and its log-derivative is -log f'(z, theta).
  const toPoint = (gOut - gLog * logSlopeByX) / slope;
  const [gy, gl] = inverse ? [-toPoint, -gLog] : [gOut, gLog];
  const numerator = s * t * t + d0 * t * u;
  const gNumerator = (gy * height) / den;
  const gDen = (-gy * height * numerator) / den ** 2 - (2 * gl) / den;
  const gv = gl / v;
  const gs = gNumerator * t * t + gDen * (1 - 2 * t * u) + gv * 2 * t * u + (2 * gl) / s;
  const gd0 = gNumerator * t * u + gDen * t * u + gv * u * u;
  const gd1 = gDen * t * u + gv * t * t;
  const gt = gNumerator * (2 * s * t + d0 * c) + gDen * e * c + gv * dv;
  const gx = gt / width;
  const gHeight = (gy * numerator) / den + gs / width;
  const gWidth = (-gs * s - gt * t) / width;
  const toLogits = (sizes: number[], gKnot: number, gSize: number): number[] => {
    const p = sizes.map((size) => size - MIN_BIN);
    const total = 1 - MIN_BIN * sizes.length;
    const gSizes = sizes.map((_, j) => (j < k ? gKnot : j === k ? gSize : 0));
    const mean = gSizes.reduce((sum, g, j) => sum + g * p[j]!, 0) / total;
    return p.map((pj, j) => pj * (gSizes[j]! - mean));
  };
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  return {
    x: inverse ? toPoint : gx,
    widths: toLogits(w, -gx, gWidth),
    heights: toLogits(h, gy, gHeight),
    slopes: Array.from(spline.slopes, (raw, j) => (j === k ? gd0 : j === k + 1 ? gd1 : 0) * sigmoid(raw)),
  };
}
