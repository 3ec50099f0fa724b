/** Kernels that treat every element by itself. */
import * as tf from "@tensorflow/tfjs";
import { ELEMENT, type ElementType } from "../graph";
import { backend } from "../trace";
import { type Info, made, op, operand, register, same, uniform } from "./register";

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
register<{ condition: Info; t: Info; e: Info }>("Select", ({ condition, t, e }) =>
  made(op("Where", [backend.node(condition), operand(t), operand(e)]), t.shape, t.dtype),
);
