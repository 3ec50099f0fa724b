/** What the kernels share: how one is recorded, and the tensors that it makes; uniform tensors fold away (x * 1, x + 0). */
import * as tf from "@tensorflow/tfjs";
import { backend, TRACE } from "../trace";

export type Info = tf.TensorInfo;
type Attributes = Record<string, unknown>;

export function register<I>(kernelName: string, record: (inputs: I, attributes: Attributes) => Info | Info[]): void {
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => record(inputs as unknown as I, (attrs ?? {}) as Attributes);
  tf.registerKernel({ kernelName, backendName: TRACE, kernelFunc });
}

export const op = (
  type: string,
  inputs: readonly string[],
  attributes?: Record<string, number | readonly number[]>,
): string => backend.graph.node(type, inputs, attributes);
export const made = (node: string, shape: number[], dtype: tf.DataType = "float32"): Info =>
  backend.tensor({ node, uniform: null }, shape, dtype);
export const uniform = (value: number, shape: number[]): Info => backend.tensor({ node: "", uniform: value }, shape);
export const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

/** What a broadcasting operator may read: a scalar for a uniform tensor, the unrepeated tensor for a repeated one. */
export function operand(t: Info): string {
  const { uniform: value, unrepeated, node } = backend.symbol(t);
  return value !== null ? backend.graph.scalar(value) : (unrepeated ?? node);
}

/** A tensor in another shape; one that goes back to its first shape is itself again. */
export function reshaped(node: string, shape: readonly number[]): string {
  const base = backend.reshapes.get(node) ?? node;
  if (same(backend.shapes.get(base) ?? [], shape)) return base;
  const result = op("Reshape", [base, backend.graph.integers(shape)]);
  backend.reshapes.set(result, base);
  return result;
}
