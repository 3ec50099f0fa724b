/** Kernels that fill, repeat, rearrange and cut tensors. */
import * as tf from "@tensorflow/tfjs";
import { backend } from "../trace";
import { type Info, made, op, register, reshaped, same, uniform } from "./register";

const { parseAxisParam, sizeFromShape: sizeOf } = tf.util;

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
