/** An ONNX graph under construction: nodes, constants, common subexpressions found once, dead nodes dropped at the end. */
import { onnx } from "onnx-proto";

/** Element types in ONNX's numbering. */
export const ELEMENT = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT;

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

type Attribute = number | readonly number[];

const encodeAttribute = (name: string, value: Attribute): onnx.IAttributeProto => {
  if (typeof value !== "number") return { name, type: onnx.AttributeProto.AttributeType.INTS, ints: [...value] };
  return { name, type: onnx.AttributeProto.AttributeType.INT, i: value };
};

/** Collects nodes by name. Equal operations on equal inputs give the same name, so that a gradient shares its forward pass. */
export interface Graph {
  /** Adds a node (or finds its twin) and returns the name of its output. */
  node(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** A constant tensor. */
  constant(
    values: Float32Array | Int32Array | BigInt64Array | Uint8Array,
    shape: readonly number[],
    type: ElementType,
  ): string;
  /** A scalar f32 constant. */
  scalar(value: number): string;
  /** A vector of int64, as ONNX wants shapes and axes. */
  integers(values: readonly number[]): string;
  /** The model's bytes, with only the nodes that `outputs` need. */
  encode(inputs: readonly Port[], outputs: readonly (Port & { readonly source: string })[]): Uint8Array;
}

export function createGraph(): Graph {
  const nodes: onnx.INodeProto[] = [];
  const constants: onnx.ITensorProto[] = [];
  const known = new Map<string, string>();
  let count = 0;
  const once = (key: string, make: (name: string) => void): string => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const name = `t${count++}`;
    make(name);
    known.set(key, name);
    return name;
  };
  const graph: Graph = {
    node: (opType, inputs, attributes = {}) =>
      once(`${opType}|${inputs.join()}|${JSON.stringify(attributes)}`, (name) => {
        const attribute = Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value));
        nodes.push({ name, opType, input: [...inputs], output: [name], attribute });
      }),
    constant: (values, shape, type) =>
      // Long constants are rare and unequal; short ones (shapes, column vectors) repeat in every coupling.
      once(values.length > 4096 ? `#${count}` : `#${type}|${shape.join()}|${values.join()}`, (name) => {
        const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        constants.push({ name, dims: [...shape], dataType: ELEMENT[type], rawData });
      }),
    scalar: (value) => graph.constant(Float32Array.of(value), [], "float32"),
    integers: (values) => graph.constant(BigInt64Array.from(values, BigInt), [values.length], "int64"),
    encode(inputs, outputs) {
      const needed = new Set(outputs.map((o) => o.source));
      const alive: onnx.INodeProto[] = [];
      for (const node of [...nodes].reverse()) {
        if (!node.output!.some((o) => needed.has(o))) continue;
        alive.push(node);
        for (const i of node.input!) needed.add(i);
      }
      const ends = outputs.map(({ name, source }) => ({ name, opType: "Identity", input: [source], output: [name] }));
      const port = ({ name, shape }: Port): onnx.IValueInfoProto => ({
        name,
        type: { tensorType: { elemType: ELEMENT.float32, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
      });
      const model = onnx.ModelProto.create({
        irVersion: 9,
        opsetImport: [{ domain: "", version: 18 }],
        producerName: "tabg",
        graph: {
          name: "program",
          node: [...alive.reverse(), ...ends],
          initializer: constants.filter((c) => needed.has(c.name!)),
          input: inputs.map(port),
          output: outputs.map(port),
        },
      });
      return onnx.ModelProto.encode(model).finish();
    },
  };
  return graph;
}
