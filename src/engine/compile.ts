/** From a program of tensor functions to the steps that ONNX Runtime and this package's own kernels take. */
import * as tf from "@tensorflow/tfjs";
import { SPLINE, SPLINE_GRADIENT } from "../flow/spline-kernels";
import type { Field, Loss, Program, TensorPlace } from "./engine";
import "./kernels";
import { gradientName, LOSS, parameterName } from "./names";
import { cutIntoPieces, type Pieces } from "./pieces";
import { trace } from "./trace";

export interface CompileOptions {
  readonly tensors: readonly TensorPlace[];
  /** Rows, fixed. */
  readonly batch: number;
  /** Whether splines run in this package's own kernels: on the processor; a device of another kind takes one whole graph. */
  readonly custom: boolean;
}

const isLoss = (program: Program | Loss): program is Loss => "loss" in program;

/** A program's outputs, or, for a loss, also LOSS and its gradient with respect to every parameter. */
export function compile(program: Program | Loss, { tensors, batch, custom }: CompileOptions): Pieces {
  const port = ({ name, width }: Field) => ({ name, shape: [batch, width] });
  const data = program.inputs.map(port);
  const late = isLoss(program) ? program.late.map(port) : [];
  const parameters = tensors.map(({ shape }, i) => ({ name: parameterName(i), shape }));
  const named = (outputs: readonly unknown[]) =>
    program.outputs.map(({ name }, i) => ({ name, tensor: outputs[i] as tf.Tensor }));
  const traced = trace(
    [...data, ...late, ...parameters],
    (...all) => {
      const inputs = all.slice(0, data.length);
      const rest = all.slice(data.length, data.length + late.length);
      const values = all.slice(data.length + late.length);
      if (!isLoss(program)) return named(program.run(values, inputs));
      let outputs: readonly unknown[] = [];
      const scalar = (...p: tf.Tensor[]): tf.Scalar => {
        const made = program.run(p, inputs) as tf.Tensor[];
        outputs = made.map((t) => tf.keep(t));
        return program.loss(inputs, made, rest) as unknown as tf.Scalar;
      };
      const { value, grads } = tf.valueAndGrads(scalar)(values);
      return [
        ...(custom && late.length > 0 ? named(outputs) : []),
        { name: LOSS, tensor: value },
        ...grads.map((tensor, i) => ({ name: gradientName(i), tensor })),
      ];
    },
    { custom },
  );
  return cutIntoPieces(traced, {
    custom: new Set(custom ? [SPLINE, SPLINE_GRADIENT] : []),
    // A whole graph has no steps to stop between: all inputs are there when it starts.
    late: custom ? late.map(({ name }) => name) : [],
    early: program.outputs.map(({ name }) => name),
  });
}
