/** A graph of tensor operations under construction: nodes, constants, common subexpressions found once. */

/** Element types in ONNX's numbering. */
export const ELEMENT = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT;

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

export type Attribute = number | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** One operation; its outputs are tensors known by name. */
export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Constant {
  readonly values: Float32Array | Int32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** Collects nodes. Equal operations on equal inputs give the same outputs, so that a gradient shares its forward pass. */
export interface Graph {
  /** In the order of recording: every node stands behind those whose outputs it reads. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Adds a node of one output (or finds its twin) and returns the name of that output. */
  node(type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** The same for an operation of several outputs. */
  nodeOf(type: string, inputs: readonly string[], outputs: number, attributes: Attributes): readonly string[];
  constant(values: Constant["values"], shape: readonly number[], type: ElementType): string;
  /** A scalar f32 constant. */
  scalar(value: number): string;
  /** A vector of int64, as ONNX wants shapes and axes. */
  integers(values: readonly number[]): string;
}

export function createGraph(): Graph {
  const nodes: Node[] = [];
  const constants = new Map<string, Constant>();
  const known = new Map<string, readonly string[]>();
  let count = 0;
  const once = (key: string, outputs: number, make: (names: readonly string[]) => void): readonly string[] => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const names = Array.from({ length: outputs }, () => `t${count++}`);
    make(names);
    known.set(key, names);
    return names;
  };
  const graph: Graph = {
    nodes,
    constants,
    node: (type, inputs, attributes = {}) => graph.nodeOf(type, inputs, 1, attributes)[0]!,
    nodeOf: (type, inputs, outputs, attributes) =>
      once(`${type}|${inputs.join()}|${JSON.stringify(attributes)}`, outputs, (names) => {
        nodes.push({ type, inputs: [...inputs], outputs: names, attributes });
      }),
    constant: (values, shape, type) =>
      // Long constants are rare and unequal; short ones (shapes, column vectors) repeat in every coupling.
      once(values.length > 4096 ? `#${count}` : `#${type}|${shape.join()}|${values.join()}`, 1, ([name]) => {
        constants.set(name!, { values, shape: [...shape], type });
      })[0]!,
    scalar: (value) => graph.constant(Float32Array.of(value), [], "float32"),
    integers: (values) => graph.constant(BigInt64Array.from(values, BigInt), [values.length], "int64"),
  };
  return graph;
}
