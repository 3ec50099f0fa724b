/** Nodes of a graph as the bytes of an ONNX model, under names that depend on their order alone: equal structures give equal bytes. */
import { onnx } from "onnx-proto";
import { type Attribute, type Constant, ELEMENT, type ElementType, type Node } from "./graph";

/** A tensor that enters or leaves a model. */
export interface ModelPort {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type?: ElementType;
}

const encodeAttribute = (name: string, value: Attribute): onnx.IAttributeProto => {
  if (typeof value !== "number") return { name, type: onnx.AttributeProto.AttributeType.INTS, ints: [...value] };
  return { name, type: onnx.AttributeProto.AttributeType.INT, i: value };
};

/** Names of a model's ports: the i-th input is `in<i>`, the i-th output `out<i>`. */
export const inputName = (i: number): string => `in${i}`;
export const outputName = (i: number): string => `out${i}`;

/**
 * A first output that is no tensor. ONNX Runtime writes outputs into memory that is given to it, but its binding then copies each of them
 * into a new array all the same, a tenth of a training step; at an output that it cannot convert it stops with the error UNCONVERTED.
 */
export const STOP = "stop";
export const UNCONVERTED = "Non tensor type is temporarily not supported.";
const stop = {
  node: { opType: "SequenceConstruct", input: ["nothing"], output: [STOP] },
  output: { name: STOP, type: { sequenceType: { elemType: { tensorType: { elemType: ELEMENT.float32 } } } } },
  constant: { name: "nothing", dims: [1], dataType: ELEMENT.float32, floatData: [0] },
};

/** @param nodes in order of execution @param constants those that the nodes read and no input brings @param copies false: begin the outputs with STOP */
export function encodeModel({
  nodes,
  constants,
  inputs,
  outputs,
  copies,
}: {
  readonly nodes: readonly Node[];
  readonly constants: readonly (readonly [string, Constant])[];
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  readonly copies: boolean;
}): Uint8Array {
  const names = new Map<string, string>(inputs.map(({ name }, i) => [name, inputName(i)]));
  const nameOf = (tensor: string): string => {
    const found = names.get(tensor) ?? `t${names.size}`;
    names.set(tensor, found);
    return found;
  };
  const port = ({ shape, type = "float32" }: ModelPort, name: string): onnx.IValueInfoProto => ({
    name,
    type: { tensorType: { elemType: ELEMENT[type], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });
  // An output that is also an input, or another output, needs a node of its own.
  const ends: onnx.INodeProto[] = [];
  outputs.forEach(({ name }, i) => {
    const taken = names.get(name);
    if (taken === undefined) names.set(name, outputName(i));
    else ends.push({ opType: "Identity", input: [taken], output: [outputName(i)] });
  });
  const encoded = nodes.map(({ type, inputs: from, outputs: to, attributes }) => ({
    opType: type,
    input: from.map(nameOf),
    output: to.map(nameOf),
    attribute: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
  }));
  const model = onnx.ModelProto.create({
    irVersion: 9,
    opsetImport: [{ domain: "", version: 18 }],
    producerName: "tabg",
    graph: {
      name: "piece",
      node: [...encoded, ...ends, ...(copies ? [] : [stop.node])],
      initializer: [
        ...constants.map(([name, { values, shape, type }]) => ({
          name: nameOf(name),
          dims: [...shape],
          dataType: ELEMENT[type],
          rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        })),
        ...(copies ? [] : [stop.constant]),
      ],
      input: inputs.map((p, i) => port(p, inputName(i))),
      output: [...(copies ? [] : [stop.output]), ...outputs.map((p, i) => port(p, outputName(i)))],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
