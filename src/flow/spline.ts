/**
 * Monotone rational-quadratic splines on [0,1] (Durkan et al. 2019, eqs. 4-8; paper appendix: 8 bins). All tensors are features first.
 *
 * This is the plain form, in tensor operations; engines may run the two kernels registered here by code of their own (src/wasm), which
 * tests hold against it.
 */
import * as tf from "@tensorflow/tfjs";
import { composeSplineGradient } from "./spline-gradient";
import { MIN_BIN, SPLINE, SPLINE_GRADIENT, type SplineOptions } from "./spline-kernels";
import { close, columns, locate, type Located, type SplineParameters } from "./spline-location";

export type { SplineParameters } from "./spline-location";
export { composeSplineGradient } from "./spline-gradient";

type T2 = tf.Tensor2D;

function sizes(logits: T2): T2 {
  const bins = logits.shape[0];
  const exp = tf.exp(tf.sub(logits, tf.max(logits, 0, true))); // the largest is 1: no overflow for any logits
  return tf.mul(exp, tf.div(1 - MIN_BIN * bins, tf.sum(exp, 0, true))) as T2;
}

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
