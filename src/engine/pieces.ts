/** Cuts a traced graph at the operations that this package runs by code of its own: models for ONNX Runtime, and calls between them. */
import type { Attributes, Constant, Node } from "./graph";
import { encodeModel, type ModelPort } from "./model";
import type { Traced } from "./trace";

/** One thing to do; tensors by name, in the order of the model's ports or of the operation's operands. */
export type Step =
  | {
      readonly kind: "model";
      readonly model: Uint8Array;
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
    }
  | {
      readonly kind: "call";
      readonly type: string;
      readonly attributes: Attributes;
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
    };

/** A program to run step by step. Plain data, crosses to worker threads. */
export interface Pieces {
  readonly steps: readonly Step[];
  /** The first step that needs a late input; all steps before it need none. */
  readonly late: number;
  /** Shapes of all tensors that stand between steps, enter or leave. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Constants that the models take as inputs, so that equal structures stay equal models. */
  readonly constants: Readonly<Record<string, Constant>>;
  /** The tensor that holds each of the program's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface CutOptions {
  /** Types of the operations to cut at. */
  readonly custom: ReadonlySet<string>;
  /** Inputs that will be known only when `early` outputs are. */
  readonly late: readonly string[];
  readonly early: readonly string[];
}

/** Made again where a later piece needs them: they cost less than a tensor that waits in memory. */
const LIGHT = new Set(["Reshape", "Cast", "Expand", "Identity", "Greater", "GreaterOrEqual", "Less", "Equal"]);

/** The piece that each node belongs to: a custom operation ends a piece, what reads its outputs stands in a later one. */
function levels({ graph, inputs, outputs }: Traced, { custom, late, early }: CutOptions) {
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const assign = (lateAt: number) => {
    const known = new Map<string, number>(inputs.map(({ name }) => [name, late.includes(name) ? lateAt : 0]));
    const level = new Map<Node, number>();
    for (const node of graph.nodes) {
      const at = Math.max(0, ...node.inputs.map((input) => known.get(input) ?? 0));
      level.set(node, at);
      for (const output of node.outputs) known.set(output, custom.has(node.type) ? at + 1 : at);
    }
    return { known, level };
  };
  const first = assign(0);
  const earlyAt = outputs.filter(({ name }) => early.includes(name)).map(({ source }) => first.known.get(source) ?? 0);
  const lateAt = late.length ? 1 + Math.max(0, ...earlyAt) : Infinity;
  const { level } = assign(lateAt === Infinity ? 0 : lateAt);
  // What depends on inputs alone (products of weights) waits for the first piece that reads it.
  const free = new Set(inputs.flatMap(({ name }) => (late.includes(name) ? [] : [name])));
  const freeNodes = graph.nodes.filter((node) => {
    const isFree = !custom.has(node.type) && node.inputs.every((i) => free.has(i) || graph.constants.has(i));
    if (isFree) node.outputs.forEach((o) => free.add(o));
    return isFree;
  });
  for (const node of freeNodes.reverse()) {
    const readers = node.outputs.flatMap((o) => consumers.get(o) ?? []);
    if (readers.length) level.set(node, Math.min(...readers.map((r) => level.get(r)!)));
  }
  return { level, lateAt };
}

/** Whether a constant becomes an input: tables and columns differ from coupling to coupling, scalars and shapes do not. */
const isFed = ({ values, type }: Constant): boolean => type !== "int64" && values.length > 1;

/** @throws Error if a tensor between pieces has no known shape, as none has that only an operator's inside sees. */
export function cutIntoPieces(traced: Traced, options: CutOptions): Pieces {
  const { graph, outputs } = traced;
  const { custom } = options;
  const { level, lateAt } = levels(traced, options);
  const producer = new Map<string, Node>(graph.nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)));
  /** The tensor whose memory this one shares. */
  const stored = (tensor: string): string => {
    const node = producer.get(tensor);
    return node?.type === "Reshape" ? stored(node.inputs[0]!) : tensor;
  };
  const shapes: Record<string, readonly number[]> = {};
  const constants: Record<string, Constant> = {};
  const requested = new Set<string>();
  const request = (tensor: string): string => {
    const shape = graph.constants.get(tensor)?.shape ?? traced.shapes.get(tensor);
    if (!shape) throw new Error(`engine: unknown shape of tensor ${tensor} (${producer.get(tensor)?.type ?? "input"})`);
    shapes[tensor] = shape;
    requested.add(tensor);
    return tensor;
  };
  const results = Object.fromEntries(outputs.map(({ name, source }) => [name, request(stored(source))]));

  /** The nodes that make `wanted` within one piece. */
  const piece = (at: number, wanted: readonly string[]): Step => {
    const members = new Set<Node>();
    const inputs = new Map<string, ModelPort>();
    const inner = new Map<string, Constant>();
    const visit = (tensor: string): void => {
      const constant = graph.constants.get(tensor);
      const node = producer.get(tensor);
      if (constant && !(isFed(constant) && custom.size > 0)) inner.set(tensor, constant);
      else if (constant) {
        constants[tensor] = constant;
        shapes[tensor] = constant.shape;
        inputs.set(tensor, { name: tensor, shape: constant.shape, type: constant.type });
      } else if (!node || custom.has(node.type) || (level.get(node) !== at && !LIGHT.has(node.type))) {
        inputs.set(tensor, { name: request(tensor), shape: traced.shapes.get(tensor)! });
      } else if (!members.has(node)) {
        members.add(node);
        node.inputs.forEach(visit);
      }
    };
    wanted.forEach(visit);
    const ports = [...inputs.values()];
    const model = encodeModel({
      nodes: graph.nodes.filter((node) => members.has(node)),
      constants: [...inner],
      inputs: ports,
      outputs: wanted.map((name) => ({ name, shape: traced.shapes.get(name)! })),
      copies: custom.size === 0,
    });
    return { kind: "model", model, inputs: ports.map((p) => p.name), outputs: wanted };
  };

  const steps: { at: number; step: Step }[] = [];
  const isWanted = (node: Node): boolean => node.outputs.some((o) => requested.has(o));
  for (let at = Math.max(0, ...level.values()); at >= 0; at--) {
    const here = graph.nodes.filter((node) => level.get(node) === at);
    for (const node of here.filter((n) => custom.has(n.type) && isWanted(n))) {
      const inputs = node.inputs.map((i) => request(stored(i)));
      const step = {
        kind: "call",
        type: node.type,
        attributes: node.attributes,
        inputs,
        outputs: node.outputs,
      } as const;
      node.outputs.forEach(request);
      steps.unshift({ at, step });
    }
    const wanted = here
      .filter((n) => !custom.has(n.type))
      .flatMap((n) => n.outputs)
      .filter((o) => requested.has(o));
    if (wanted.length) steps.unshift({ at, step: piece(at, wanted) });
  }
  const late = steps.findIndex(({ at }) => at >= lateAt);
  return {
    steps: steps.map(({ step }) => step),
    late: late < 0 ? steps.length : late,
    shapes,
    constants,
    outputs: results,
  };
}
