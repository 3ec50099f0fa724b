/** The tensor programs of training: sampling, log q and its gradient, and the losses (paper eqs. for reverse and forward KL; Midgley et al. 2023). */
import * as tf from "@tensorflow/tfjs";
import type { Loss, OpaqueTensor, Program } from "../engine/engine";
import { forward, logProb, type TemperatureTensors } from "../flow/flow";
import { logPrior } from "../flow/prior";
import type { FlowSpec } from "../flow/spec";

/** A flow's programs; all densities are of scaled coordinates, in nats. One that is told temperatures takes c or s [n], or both, behind z or x. */
export interface FlowPrograms {
  /** z [n, dof] -> x [n, dof] and logQ [n]. */
  readonly sample: Program;
  /** x [n, dof] -> logQ [n]. */
  readonly logProb: Program;
  /** sum of weight * (-log q(x)) over x [n, dof], weight [n]: forward KL, maximum likelihood. */
  readonly forwardKl: Loss;
  /** x [n, dof] -> logQ [n] and slope [n, dof], the gradient of log q with respect to x. */
  readonly logProbSlope: Program;
  /** The same loss with a weight that is late: it may look at log q. */
  readonly weightedKl: Loss;
  /**
   * sum of weight * (-g.x(z) - log|det dx/dz|) over z [n, dof]; g [n, dof] and weight [n] are late. With g the gradient of log p at x(z),
   * held fixed, its gradient with respect to the parameters is that of the reverse KL, since d(-log p(x(z))) = -g.dx and
   * log q(x) = log p_z(z) - logDet. Its outputs are those of `sample`.
   */
  readonly reverseKl: Loss;
  /**
   * sum of weight * (-g.x(z) - log q(x(z)) / 2), else as `reverseKl`: with g the gradient of (log p) / 2 - log q at x(z), held fixed, the mean of the
   * path gradient of forward KL, that of -(log p - log q).x(z), and of maximum likelihood's, that of -log q + (grad log q).x(z).
   */
  readonly pathKl: Loss;
}

export function flowPrograms(spec: FlowSpec): FlowPrograms {
  const x = { name: "x", width: spec.dof };
  const z = { name: "z", width: spec.dof };
  const temperature = [
    ...(spec.temperatures ? [{ name: "c", width: 1 }] : []),
    ...(spec.steered ? [{ name: "s", width: 1 }] : []),
  ];
  const weight = { name: "weight", width: 1 };
  const logQ = { name: "logQ", width: 1 };
  const g = { name: "g", width: spec.dof };
  const matrices = (tensors: readonly OpaqueTensor[]): tf.Tensor2D[] => tensors as tf.Tensor2D[];
  /** What the flow maps, and what it is told; a weight may follow. */
  const told = (inputs: readonly OpaqueTensor[]): [tf.Tensor2D, TemperatureTensors] => {
    const [mapped, ...rest] = matrices(inputs);
    return [mapped!, Object.fromEntries(temperature.map(({ name }, i) => [name, rest[i]]))];
  };
  const total = (values: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.sum(tf.mul(values, tf.reshape(w, [-1])));
  /** How far each row lies along its gradient. */
  const along = (value?: OpaqueTensor, gradient?: OpaqueTensor): tf.Tensor =>
    tf.sum(tf.mul(value as tf.Tensor, gradient as tf.Tensor), 1);
  const sample: Program = {
    name: "sample",
    inputs: [z, ...temperature],
    outputs: [x, logQ],
    run: (parameters, inputs) => {
      const [latent, at] = told(inputs);
      const { value, logDet } = forward(spec, matrices(parameters), latent, at);
      return [value, tf.sub(logPrior(spec, latent), logDet)];
    },
  };
  const density: Program = {
    name: "logProb",
    inputs: [x, ...temperature],
    outputs: [logQ],
    run: (parameters, inputs) => [logProb(spec, matrices(parameters), ...told(inputs))],
  };
  return {
    sample,
    logProb: density,
    logProbSlope: {
      ...density,
      name: "logProbSlope",
      outputs: [logQ, { name: "slope", width: spec.dof }],
      run: (parameters, inputs) => {
        let densities: tf.Tensor | null = null;
        const [points, at] = told(inputs);
        // Rows do not know of each other: the gradient of their sum holds each row's own.
        const { grad } = tf.valueAndGrad((here) => {
          densities = tf.keep(logProb(spec, matrices(parameters), here as tf.Tensor2D, at));
          return tf.sum(densities);
        })(points);
        return [densities!, grad];
      },
    },
    forwardKl: {
      ...density,
      name: "forwardKl",
      inputs: [x, ...temperature, weight],
      late: [],
      loss: (inputs, [densities]) => total(tf.neg(densities as tf.Tensor), inputs.at(-1) as tf.Tensor),
    },
    weightedKl: {
      ...density,
      name: "weightedKl",
      late: [weight],
      loss: (_inputs, [densities], [w]) => total(tf.neg(densities as tf.Tensor), w as tf.Tensor),
    },
    reverseKl: {
      ...sample,
      name: "reverseKl",
      late: [g, weight],
      // The prior's share of log q does not depend on the parameters.
      loss: (_inputs, [value, density], [gradient, w]) =>
        total(tf.sub(density as tf.Tensor, along(value, gradient)), w as tf.Tensor),
    },
    pathKl: {
      ...sample,
      name: "pathKl",
      late: [g, weight],
      loss: (_inputs, [value, density], [gradient, w]) =>
        total(tf.neg(tf.add(along(value, gradient), tf.mul(density as tf.Tensor, 0.5))), w as tf.Tensor),
    },
  };
}
