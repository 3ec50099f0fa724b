/** Module `flow`: a whole coupling's splines in one pass over memory, forward or inverse, and their gradient. */
import * as at from "../spline";
import { add, div, keep, log, madd, mul, nmadd, num, select, sub } from "../vector";

export function heapBase(): usize {
  return __heap_base;
}

/** One coupling: arrays [rows, batch] of f32, batch a multiple of 4; bin b of degree of freedom i in row b n + i. */
let n: i32 = 0;
let circular: i32 = 0;
let batch: i32 = 0;
let bins: i32 = 0;
let inverse: bool = false;

/** @param circular how many of the n degrees of freedom, the last ones, have no row for their last knot: it is their first */
export function shape(dofs: i32, circularDofs: i32, samples: i32, splineBins: i32, isInverse: bool): void {
  n = dofs;
  circular = circularDofs;
  batch = samples;
  bins = splineBins;
  inverse = isInverse;
}

function locate(i: i32, here: usize, x: usize, widths: usize, heights: usize, slopes: usize): void {
  const stride = <usize>(4 * n * batch);
  at.locate(x + here, widths + here, heights + here, slopes + here, stride, bins, i >= n - circular, inverse);
}

/**
 * Fills y [n, batch] and logDet [batch], the log-determinant of the map summed over the n degrees of freedom.
 * Widths and heights are overwritten: from logits they become sizes less MIN_BIN, which the gradient reads.
 */
export function spline(x: usize, widths: usize, heights: usize, slopes: usize, y: usize, logDet: usize): void {
  memory.fill(logDet, 0, 4 * batch);
  const stride = <usize>(4 * n * batch);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < batch; j += 4) {
      const here = <usize>(4 * (i * batch + j));
      at.normalise(widths + here, stride, bins);
      at.normalise(heights + here, stride, bins);
      locate(i, here, x, widths, heights, slopes);
      const tu = mul(at.t, at.u);
      const tt = mul(at.t, at.t);
      const uu = mul(at.u, at.u);
      const perDenominator = div(num(1), madd(at.e, tu, at.s));
      const v = madd(at.d1, tt, madd(add(at.s, at.s), tu, mul(at.d0, uu)));
      const root = mul(at.s, perDenominator);
      const logSlope = log(mul(v, mul(root, root)));
      const sum = v128.load(logDet + 4 * j);
      v128.store(logDet + 4 * j, inverse ? sub(sum, logSlope) : add(sum, logSlope));
      let low: v128;
      let high: v128;
      if (inverse) {
        low = madd(at.t, at.width, at.x0);
        high = nmadd(at.u, at.width, sub(num(1), at.beyondX));
      } else {
        const scale = mul(at.height, perDenominator);
        low = madd(scale, madd(at.s, tt, mul(at.d0, tu)), at.y0);
        high = nmadd(scale, madd(at.s, uu, mul(at.d1, tu)), sub(num(1), at.beyondY));
      }
      v128.store(y + here, select(at.fromAbove, high, low));
    }
  }
}

/**
 * Pulls cotangents gy [n, batch] of y and gLogDet [batch] back to x and to the logits; all outputs are overwritten.
 * Widths and heights are what `spline` has made of them.
 * The formulas are those of `pullback` in src/flow/spline.ts.
 */
export function splineGradient(
  x: usize,
  widths: usize,
  heights: usize,
  slopes: usize,
  gy: usize,
  gLogDet: usize,
  gx: usize,
  gWidths: usize,
  gHeights: usize,
  gSlopes: usize,
): void {
  const stride = <usize>(4 * n * batch);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < batch; j += 4) {
      const here = <usize>(4 * (i * batch + j));
      locate(i, here, x, widths, heights, slopes);
      const s = at.s;
      const t = at.t;
      const u = at.u;
      const e = at.e;
      const tu = mul(t, u);
      const tt = mul(t, t);
      const uu = mul(u, u);
      const c = sub(u, t);
      const ss = add(s, s);
      const perDenominator = div(num(1), madd(e, tu, s));
      const v = madd(at.d1, tt, madd(ss, tu, mul(at.d0, uu)));
      const perV = div(num(1), v);
      const perWidth = div(num(1), at.width);
      const ratio = mul(madd(s, tt, mul(at.d0, tu)), perDenominator);
      const dv = madd(s, c, nmadd(at.d0, u, mul(at.d1, t)));
      let g = v128.load(gy + here);
      let gl = v128.load(gLogDet + 4 * j);
      let toPoint = num(0);
      if (inverse) {
        // For z = f^-1(y): dz = (dy - df/dtheta dtheta) / f', and the second output is -log f'(z, theta).
        const byT = mul(num(2), nmadd(mul(e, c), perDenominator, mul(dv, perV)));
        const root = mul(s, perDenominator);
        toPoint = div(nmadd(gl, mul(byT, perWidth), g), mul(v, mul(root, root)));
        g = sub(num(0), toPoint);
        gl = sub(num(0), gl);
      }
      const gl2 = add(gl, gl);
      const gRatio = mul(g, at.height);
      const gNum = mul(gRatio, perDenominator);
      const gDen = sub(num(0), mul(madd(gRatio, ratio, gl2), perDenominator));
      const gv = mul(gl, perV);
      const gs = add(madd(gNum, tt, mul(gDen, nmadd(num(2), tu, num(1)))), madd(mul(num(2), gv), tu, div(gl2, s)));
      if (!inverse) {
        const byT = madd(gNum, madd(ss, t, mul(at.d0, c)), mul(gDen, mul(e, c)));
        toPoint = mul(madd(add(gv, gv), dv, byT), perWidth);
      }
      v128.store(gx + here, toPoint);
      // What an inverse returns to x is the negative cotangent by construction; computed, it would be the difference of large numbers.
      const gPoint = inverse ? sub(num(0), v128.load(gy + here)) : toPoint;
      const gHeight = madd(g, ratio, mul(gs, perWidth));
      const gWidth = sub(num(0), madd(mul(gs, s), perWidth, mul(gPoint, t)));
      logitGradient(gWidths + here, widths + here, stride, sub(num(0), gPoint), at.x0, gWidth, at.width);
      logitGradient(gHeights + here, heights + here, stride, g, at.y0, gHeight, at.height);
      const gd0 = madd(add(gNum, gDen), tu, mul(gv, uu));
      const gd1 = madd(gDen, tu, mul(gv, tt));
      slopeGradient(
        gSlopes + here,
        stride,
        i >= n - circular,
        mul(gd0, sigmoid(at.raw0, at.tail0)),
        mul(gd1, sigmoid(at.raw1, at.tail1)),
      );
    }
  }
}

/** 1 / (1 + e^-raw), given tail = e^-|raw|. */
function sigmoid(raw: v128, tail: v128): v128 {
  return div(select(f32x4.ge(raw, num(0)), num(1), tail), add(num(1), tail));
}

/**
 * From cotangents of the lower knot z and the bin size b to those of the logits. With p = softmax(logits) and A = 1 - MIN_BIN bins,
 * z = A sum_{j<k} p_j + k MIN_BIN and b = A p_k + MIN_BIN, so d/dlogit_j = A p_j (gz [j<k] + gb [j=k] - gz sum_{i<k} p_i - gb p_k).
 */
function logitGradient(to: usize, sizes: usize, stride: usize, gKnot: v128, knot: v128, gBin: v128, bin: v128): void {
  const share: f32 = 1 - at.MIN_BIN * <f32>bins;
  const left = nmadd(at.k, num(at.MIN_BIN), knot);
  const mean = mul(madd(gKnot, left, mul(gBin, sub(bin, num(at.MIN_BIN)))), num(1 / share));
  for (let b = 0; b < bins; b++) {
    const row = num(<f32>b);
    const own = add(keep(f32x4.lt(row, at.k), gKnot), keep(f32x4.eq(row, at.k), gBin));
    v128.store(to + b * stride, mul(v128.load(sizes + b * stride), sub(own, mean)));
  }
}

/** Places the cotangents of the two slopes in their rows. */
function slopeGradient(to: usize, stride: usize, isCircular: bool, g0: v128, g1: v128): void {
  const upper = add(at.k, num(1));
  for (let b = 0; b < bins; b++) {
    const row = num(<f32>b);
    const own = add(keep(f32x4.eq(row, at.k), g0), keep(f32x4.eq(row, upper), g1));
    v128.store(to + b * stride, own);
  }
  const atEnd = keep(f32x4.eq(num(<f32>bins), upper), g1);
  if (isCircular) v128.store(to, add(v128.load(to), atEnd));
  else v128.store(to + bins * stride, atEnd);
}
