/** Traces a tensor function: a TensorFlow.js backend that records the kernels of forward and gradient as ONNX nodes instead of running them. */
import * as tf from "@tensorflow/tfjs";
import { createGraph, type Graph, type Port } from "./graph";

/** Name of the recording backend. */
export const TRACE = "trace";

/** What a traced tensor is: an output of a node of the graph, and, where all its elements are one known number, that number. */
export interface Symbol {
  readonly node: string;
  readonly uniform: number | null;
  /** The tensor before it was only repeated along its axes of length one, for operators that broadcast by themselves. */
  readonly unrepeated?: string;
}

/** The backend proper. It computes nothing: its data are names of graph nodes. */
class TraceBackend extends tf.KernelBackend {
  private readonly symbols = new WeakMap<object, Symbol>();
  /** Data in TensorFlow.js's bookkeeping; a trace frees nothing, for the graph is what it makes. */
  private live = 0;
  graph: Graph = createGraph();
  /** Shapes of the graph's f32 tensors that are TensorFlow.js tensors too. */
  shapes = new Map<string, readonly number[]>();
  /** What a reshaped tensor was before. */
  reshapes = new Map<string, string>();
  /** Whether the graph may hold operations that only this package's own kernels run. */
  custom = false;

  /** The symbol of a tensor. */
  symbol(tensor: tf.TensorInfo): Symbol {
    return this.symbols.get(tensor.dataId)!;
  }

  /** The node of a tensor; a uniform tensor is expanded to its full shape only here, when an operator needs it so. */
  node(tensor: tf.TensorInfo): string {
    const { node, uniform } = this.symbol(tensor);
    if (node !== "" || uniform === null) return node;
    if (tensor.shape.length === 0) return this.graph.scalar(uniform);
    const expanded = this.graph.node("Expand", [this.graph.scalar(uniform), this.graph.integers(tensor.shape)]);
    this.shapes.set(expanded, [...tensor.shape]); // an operation of our own may read it
    return expanded;
  }

  /** A tensor for a symbol. */
  tensor(symbol: Symbol, shape: number[], dtype: tf.DataType = "float32"): tf.TensorInfo {
    const dataId = {};
    this.symbols.set(dataId, symbol);
    this.live++;
    if (symbol.node !== "" && dtype === "float32" && !this.shapes.has(symbol.node)) {
      this.shapes.set(symbol.node, [...shape]);
    }
    return { dataId, shape, dtype };
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.tensor(this.constant(values, shape, dtype), shape, dtype).dataId;
  }

  override move(dataId: object, values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.symbols.set(dataId, this.constant(values, shape, dtype));
    this.live++;
  }

  private constant(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): Symbol {
    const numbers = values as unknown as ArrayLike<number>;
    if (dtype === "float32") {
      const data = Float32Array.from(numbers);
      const first = data[0];
      if (first !== undefined && data.every((v) => v === first)) return { node: "", uniform: first };
      return { node: this.graph.constant(data, shape, "float32"), uniform: null };
    }
    if (dtype === "int32")
      return { node: this.graph.constant(Int32Array.from(numbers), shape, "int32"), uniform: null };
    throw new Error(`trace: unknown element type of a constant (got ${dtype}), expected float32 or int32`);
  }

  override refCount(): number {
    return 1;
  }
  override incRef(): void {
    return;
  }
  override numDataIds(): number {
    return this.live;
  }
  override disposeData(): boolean {
    this.live--;
    return true;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {
    return;
  }
  override readSync(): never {
    throw new Error("trace: invalid read of a tensor while tracing; a traced function may not look at values");
  }
  override read(): never {
    return this.readSync();
  }
}

/** The one recording backend; TensorFlow.js knows it by name. */
export const backend = new TraceBackend();
tf.registerBackend(TRACE, () => backend);

/** What a function was recorded as. */
export interface Traced {
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  /** The function's results in order; `source` is the tensor of the graph. */
  readonly outputs: readonly (Port & { readonly source: string })[];
  /** Shapes of the f32 tensors that may be looked at outside of the graph. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Records a function of named f32 tensors. Synchronous: nothing else may use TensorFlow.js meanwhile.
 * @param custom whether splines stay single operations, for this package's own kernels
 */
export function trace(
  inputs: readonly Port[],
  run: (...inputs: tf.Tensor[]) => readonly { readonly name: string; readonly tensor: tf.Tensor }[],
  { custom }: { readonly custom: boolean },
): Traced {
  const previous = tf.engine().backendName;
  backend.graph = createGraph();
  backend.shapes = new Map(inputs.map(({ name, shape }) => [name, shape]));
  backend.reshapes = new Map();
  backend.custom = custom;
  tf.setBackend(TRACE);
  tf.engine().startScope("trace");
  try {
    const tensors = inputs.map(({ name, shape }) => {
      const { dataId } = backend.tensor({ node: name, uniform: null }, [...shape]);
      return tf.engine().makeTensorFromDataId(dataId, [...shape], "float32", backend);
    });
    const outputs = run(...tensors).map(({ name, tensor }) => ({
      name,
      shape: tensor.shape,
      source: backend.node(tensor),
    }));
    return { graph: backend.graph, inputs, outputs, shapes: backend.shapes };
  } finally {
    tf.engine().endScope();
    if (previous) tf.setBackend(previous);
  }
}
