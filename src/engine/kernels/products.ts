/** Kernels that join elements: products of matrices, sums, rows by their index. */
import * as tf from "@tensorflow/tfjs";
import { TAKE_ROW } from "../../flow/take-row";
import { ELEMENT } from "../graph";
import { backend } from "../trace";
import { type Info, made, op, register, reshaped, uniform } from "./register";

const { parseAxisParam, sizeFromShape: sizeOf } = tf.util;

register<{ a: Info; b: Info }>("BatchMatMul", ({ a, b }, { transposeA, transposeB }) => {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  // TensorFlow.js wraps plain products in a batch of one; ONNX's Gemm takes matrices.
  const flat = (t: Info): string => reshaped(backend.node(t), t.shape.slice(-2));
  // The gradient of a layer's input, W' g: a fifth faster if the small matrix is transposed before the product and not within.
  const isWeight = transposeA && !transposeB && columns >= a.shape.at(-1)!;
  const left = isWeight ? op("Transpose", [flat(a)], { perm: [1, 0] }) : flat(a);
  const transA = transposeA && !isWeight ? 1 : 0;
  const product = op("Gemm", [left, flat(b)], { transA, transB: transposeB ? 1 : 0 });
  backend.shapes.set(product, [rows, columns]);
  const shape = [...a.shape.slice(0, -2), rows, columns];
  return made(reshaped(product, shape), shape);
});

for (const [name, onnx] of Object.entries({ Sum: "ReduceSum", Max: "ReduceMax" })) {
  register<{ x: Info }>(name, ({ x }, { axis, keepDims }) => {
    const axes = parseAxisParam(axis as number | number[], x.shape);
    const keep = keepDims as boolean | undefined;
    const shape = x.shape.flatMap((d, i) => (axes.includes(i) ? (keep ? [1] : []) : [d]));
    const value = backend.symbol(x).uniform;
    if (value !== null) return uniform(name === "Sum" ? (value * sizeOf(x.shape)) / sizeOf(shape) : value, shape);
    return made(op(onnx, [backend.node(x), backend.graph.integers(axes)], { keepdims: keep ? 1 : 0 }), shape);
  });
}

register<{ x: Info; indices: Info }>("GatherV2", ({ x, indices }, { axis }) => {
  const [along] = parseAxisParam(axis as number, x.shape);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along! + 1)];
  return made(op("Gather", [backend.node(x), backend.node(indices)], { axis: along! }), shape, x.dtype);
});
register<{ table: Info; index: Info }>(TAKE_ROW, ({ table, index }) => {
  const whole = op("Cast", [backend.node(index)], { to: ELEMENT.int32 });
  return made(op("GatherElements", [backend.node(table), whole], { axis: 0 }), index.shape);
});
