/** The prior on [0,1]^dof: truncated normal (0.5, 0.1) for linear dofs, uniform for torsions (paper appendix on architecture). */
import type { Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { Rng } from "../numerics/random";
import { createTruncatedNormal } from "../numerics/truncated-normal";
import type { FlowSpec } from "./spec";

/** Mean and scale of the normal before truncation, for linear dofs. */
export const PRIOR_MEAN = 0.5;
const PRIOR_SCALE = 0.1;
const LINEAR = createTruncatedNormal({ mean: PRIOR_MEAN, scale: PRIOR_SCALE, low: 0, high: 1 });

/** Latent points by inversion, [n, dof] row-major f32, strictly inside [0,1]. */
export function samplePrior(spec: FlowSpec, n: number, rng: Rng): Float32Array {
  const { dof, circular } = spec;
  const z = new Float32Array(n * dof);
  for (let i = 0; i < z.length; i++) {
    const u = rng.uniform();
    // Rounding to f32 may reach 1, where the prior still has a density but a torsion would stand for 0.
    z[i] = Math.min(circular[i % dof] ? u : LINEAR.quantile(u), 1 - 2 ** -24);
  }
  return z;
}

/** log p(z), [batch], of z [batch, dof]. */
export function logPrior(spec: FlowSpec, z: Tensor2D): Tensor1D {
  // Loaded here, for who imports `samplePrior` needs no tensors.
  const tf = require("@tensorflow/tfjs") as typeof import("@tensorflow/tfjs");
  const linear = tf.tensor1d(spec.circular.map((c) => (c ? 0 : 1)));
  const count = spec.circular.filter((c) => !c).length;
  const logNormalizer = count * (LINEAR.logNormalizer + 0.5 * Math.log(2 * Math.PI));
  const scaled = tf.mul(tf.mul(tf.sub(z, PRIOR_MEAN), 1 / PRIOR_SCALE), linear);
  return tf.sub(tf.mul(tf.sum(tf.square(scaled), 1), -0.5), logNormalizer) as Tensor1D;
}
