/** The TensorFlow.js kernels that a flow and its gradient use, each as ONNX nodes; uniform tensors fold away (x * 1, x + 0). */
import * as tf from "@tensorflow/tfjs";
import { composeSpline, composeSplineGradient } from "../flow/spline";
import { SPLINE, SPLINE_GRADIENT, type SplineOptions } from "../flow/spline-kernels";
import { TAKE_ROW } from "../flow/take-row";
import { ELEMENT, type ElementType } from "./graph";
import { backend, TRACE } from "./trace";

type Info = tf.TensorInfo;
type Attributes = Record<string, unknown>;
const { parseAxisParam } = tf.util;

function register<I>(kernelName: string, record: (inputs: I, attributes: Attributes) => Info | Info[]): void {
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => record(inputs as unknown as I, (attrs ?? {}) as Attributes);
  tf.registerKernel({ kernelName, backendName: TRACE, kernelFunc });
}

const op = (type: string, inputs: readonly string[], attributes?: Record<string, number | readonly number[]>): string =>
  backend.graph.node(type, inputs, attributes);
const made = (node: string, shape: number[], dtype: tf.DataType = "float32"): Info =>
  backend.tensor({ node, uniform: null }, shape, dtype);
const uniform = (value: number, shape: number[]): Info => backend.tensor({ node: "", uniform: value }, shape);
const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);
const sizeOf = tf.util.sizeFromShape;

/** What a broadcasting operator may read: a scalar for a uniform tensor, the unrepeated tensor for a repeated one. */
function operand(t: Info): string {
  const { uniform: value, unrepeated, node } = backend.symbol(t);
  return value !== null ? backend.graph.scalar(value) : (unrepeated ?? node);
}

interface Binary {
  readonly onnx: string;
  readonly fold: (x: number, y: number) => number;
  /** The right operand that changes nothing. */
  readonly rightUnit?: number;
  /** The left operand that changes nothing. */
  readonly leftUnit?: number;
  /** Whether a zero operand makes the result zero. */
  readonly absorbs?: boolean;
}
const BINARY: Readonly<Record<string, Binary>> = {
  Add: { onnx: "Add", fold: (x, y) => x + y, rightUnit: 0, leftUnit: 0 },
  Sub: { onnx: "Sub", fold: (x, y) => x - y, rightUnit: 0 },
  Multiply: { onnx: "Mul", fold: (x, y) => x * y, rightUnit: 1, leftUnit: 1, absorbs: true },
  RealDiv: { onnx: "Div", fold: (x, y) => x / y, rightUnit: 1 },
  Maximum: { onnx: "Max", fold: Math.max },
  Minimum: { onnx: "Min", fold: Math.min },
};
for (const [name, { onnx, fold, rightUnit, leftUnit, absorbs }] of Object.entries(BINARY)) {
  register<{ a: Info; b: Info }>(name, ({ a, b }) => {
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const x = backend.symbol(a).uniform;
    const y = backend.symbol(b).uniform;
    if (x !== null && y !== null) return uniform(fold(x, y), shape);
    if (y !== null && y === rightUnit && same(a.shape, shape)) return made(backend.node(a), shape, a.dtype);
    if (x !== null && x === leftUnit && same(b.shape, shape)) return made(backend.node(b), shape, b.dtype);
    if (absorbs && (x === 0 || y === 0)) return uniform(0, shape);
    // A uniform operand becomes a scalar; its shape then must come from the other one.
    const left = x !== null && same(b.shape, shape) ? operand(a) : backend.node(a);
    const right = y !== null && same(a.shape, shape) ? operand(b) : backend.node(b);
    return made(op(onnx, [left, right]), shape, a.dtype);
  });
}

for (const [name, onnx] of Object.entries({
  GreaterEqual: "GreaterOrEqual",
  Greater: "Greater",
  Less: "Less",
  Equal: "Equal",
})) {
  register<{ a: Info; b: Info }>(name, ({ a, b }) =>
    made(
      op(onnx, [backend.node(a), backend.node(b)]),
      tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape),
      "bool",
    ),
  );
}

for (const name of ["Exp", "Log", "Sqrt", "Sigmoid", "Sin", "Cos", "Reciprocal", "Relu", "Floor"]) {
  register<{ x: Info }>(name, ({ x }) => made(op(name, [backend.node(x)]), x.shape));
}
// max(x, 0) - log sigmoid |x|: ONNX has an operator for it, but WebGPU does not.
register<{ x: Info }>("Softplus", ({ x }) => {
  const tail = op("Log", [op("Sigmoid", [op("Abs", [backend.node(x)])])]);
  return made(op("Sub", [op("Relu", [backend.node(x)]), tail]), x.shape);
});
register<{ x: Info }>("Neg", ({ x }) => {
  const value = backend.symbol(x).uniform;
  return value !== null ? uniform(-value, x.shape) : made(op("Neg", [backend.node(x)]), x.shape);
});
register<{ x: Info }>("Square", ({ x }) => made(op("Mul", [backend.node(x), backend.node(x)]), x.shape));
register<{ x: Info }>("Identity", ({ x }) => backend.tensor(backend.symbol(x), x.shape, x.dtype));
register<{ x: Info }>("Cast", ({ x }, { dtype }) => {
  const to = dtype as ElementType;
  if (to === x.dtype) return backend.tensor(backend.symbol(x), x.shape, x.dtype);
  return made(op("Cast", [backend.node(x)], { to: ELEMENT[to] }), x.shape, to as tf.DataType);
});
// The gradient of a ReLU: reading the ReLU's output instead of its input lets the input be freed.
register<{ x: Info }>("Step", ({ x }) => {
  const positive = op("Greater", [op("Relu", [backend.node(x)]), backend.graph.scalar(0)]);
  return made(op("Cast", [positive], { to: ELEMENT.float32 }), x.shape);
});
register<{ x: Info }>("ClipByValue", ({ x }, { clipValueMin, clipValueMax }) =>
  made(
    op("Clip", [
      backend.node(x),
      backend.graph.scalar(clipValueMin as number),
      backend.graph.scalar(clipValueMax as number),
    ]),
    x.shape,
  ),
);

for (const name of ["Fill", "ZerosLike", "OnesLike"]) {
  const fixed = { Fill: null, ZerosLike: 0, OnesLike: 1 }[name] ?? null;
  register<{ x?: Info }>(name, ({ x }, { shape, value }) =>
    uniform(fixed ?? (value as number), x ? x.shape : (shape as number[])),
  );
}
register<{ x: Info }>("Tile", ({ x }, { reps }) => {
  const times = reps as number[];
  const shape = x.shape.map((d, i) => d * times[i]!);
  const symbol = backend.symbol(x);
  if (symbol.uniform !== null) return uniform(symbol.uniform, shape);
  const node = op("Tile", [symbol.node, backend.graph.integers(times)]);
  const onlyOnes = x.shape.every((d, i) => d === 1 || times[i] === 1);
  return backend.tensor({ node, uniform: null, ...(onlyOnes ? { unrepeated: symbol.node } : {}) }, shape, x.dtype);
});
register<{ condition: Info; t: Info; e: Info }>("Select", ({ condition, t, e }) =>
  made(op("Where", [backend.node(condition), operand(t), operand(e)]), t.shape, t.dtype),
);

/** A tensor in another shape; one that goes back to its first shape is itself again. */
function reshaped(node: string, shape: readonly number[]): string {
  const base = backend.reshapes.get(node) ?? node;
  if (same(backend.shapes.get(base) ?? [], shape)) return base;
  const result = op("Reshape", [base, backend.graph.integers(shape)]);
  backend.reshapes.set(result, base);
  return result;
}
function inShape(x: Info, shape: number[]): Info {
  const symbol = backend.symbol(x);
  if (symbol.uniform !== null) return uniform(symbol.uniform, shape);
  if (same(shape, x.shape)) return backend.tensor(symbol, shape, x.dtype);
  return made(reshaped(symbol.node, shape), shape, x.dtype);
}
register<{ x: Info }>("Reshape", ({ x }, { shape }) =>
  inShape(x, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x.shape))),
);
register<{ input: Info }>("ExpandDims", ({ input }, { dim }) => {
  const at = dim as number;
  const shape = [...input.shape];
  shape.splice(at < 0 ? at + shape.length + 1 : at, 0, 1);
  return inShape(input, shape);
});
register<{ x: Info }>("Transpose", ({ x }, { perm }) => {
  const p = perm as number[];
  return made(
    op("Transpose", [backend.node(x)], { perm: p }),
    p.map((i) => x.shape[i]!),
    x.dtype,
  );
});
register<{ a: Info; b: Info }>("BatchMatMul", ({ a, b }, { transposeA, transposeB }) => {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  // TensorFlow.js wraps plain products in a batch of one; ONNX's Gemm takes matrices.
  const flat = (t: Info): string => reshaped(backend.node(t), t.shape.slice(-2));
  const product = op("Gemm", [flat(a), flat(b)], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 });
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

register<Record<string, Info>>("Concat", (inputs, { axis }) => {
  const parts = Object.values(inputs).filter((t) => sizeOf(t.shape) > 0);
  const [first] = parts;
  const [along] = parseAxisParam(axis as number, first!.shape);
  const shape = [...first!.shape];
  shape[along!] = parts.reduce((sum, t) => sum + t.shape[along!]!, 0);
  if (parts.length === 1) return backend.tensor(backend.symbol(first!), shape, first!.dtype);
  return made(
    op(
      "Concat",
      parts.map((t) => backend.node(t)),
      { axis: along! },
    ),
    shape,
    first!.dtype,
  );
});
function sliced(x: Info, axes: number[], begin: number[], end: number[], shape: number[]): Info {
  const symbol = backend.symbol(x);
  if (symbol.uniform !== null) return uniform(symbol.uniform, shape);
  if (same(shape, x.shape)) return backend.tensor(symbol, shape, x.dtype);
  const g = backend.graph;
  return made(op("Slice", [symbol.node, g.integers(begin), g.integers(end), g.integers(axes)]), shape, x.dtype);
}
register<{ x: Info }>("Slice", ({ x }, { begin, size }) => {
  const [from, shape] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin as number[], size as number[]);
  return sliced(
    x,
    from.map((_, i) => i),
    from,
    from.map((v, i) => v + shape[i]!),
    shape,
  );
});
register<{ x: Info }>("SplitV", ({ x }, { numOrSizeSplits, axis }) => {
  const [along] = parseAxisParam(axis as number, x.shape);
  let end = 0;
  return tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits as number[], along!).map((size) => {
    const begin = end;
    end += size;
    return sliced(
      x,
      [along!],
      [begin],
      [end],
      x.shape.map((d, i) => (i === along ? size : d)),
    );
  });
});
register<{ x: Info }>("PadV2", ({ x }, { paddings, constantValue }) => {
  const p = paddings as [number, number][];
  const pads = backend.graph.integers([...p.map((v) => v[0]), ...p.map((v) => v[1])]);
  const shape = x.shape.map((d, i) => d + p[i]![0] + p[i]![1]);
  if (same(shape, x.shape)) return backend.tensor(backend.symbol(x), shape, x.dtype);
  return made(op("Pad", [backend.node(x), pads, backend.graph.scalar(constantValue as number)]), shape, x.dtype);
});
register<{ x: Info; indices: Info }>("GatherV2", ({ x, indices }, { axis }) => {
  const [along] = parseAxisParam(axis as number, x.shape);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along! + 1)];
  return made(op("Gather", [backend.node(x), backend.node(indices)], { axis: along! }), shape, x.dtype);
});
register<{ table: Info; index: Info }>(TAKE_ROW, ({ table, index }) => {
  const whole = op("Cast", [backend.node(index)], { to: ELEMENT.int32 });
  return made(op("GatherElements", [backend.node(table), whole], { axis: 0 }), index.shape);
});

for (const [name, compose, results] of [
  [SPLINE, composeSpline, ["x", null, "widths", "heights"]],
  [SPLINE_GRADIENT, composeSplineGradient, ["x", "widths", "heights", "slopes"]],
] as const) {
  register<Record<string, Info>>(name, (inputs, attributes) => {
    const { circular, inverse } = attributes as unknown as SplineOptions;
    if (!backend.custom) return compose(inputs as never, { circular, inverse });
    const operands = Object.values(inputs).map((t) => backend.node(t));
    const nodes = backend.graph.nodeOf(name, operands, results.length, { circular, inverse: Number(inverse) });
    const batch = inputs.x!.shape.slice(1);
    return results.map((like, i) => made(nodes[i]!, like === null ? batch : inputs[like]!.shape));
  });
}
