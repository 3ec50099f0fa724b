/** What an engine offers: programs of tensor functions over one vector of parameters, evaluated, differentiated and updated. */
import type { AdamOptions } from "./adam";
import type { Provider } from "./probe";

/** A TensorFlow.js tensor. Opaque, so that who imports the package's types does not load that library's seven hundred files of them. */
export interface OpaqueTensor {
  readonly shape: number[];
}

/** The place of one parameter tensor within the flat vector. */
export interface TensorPlace {
  readonly shape: readonly [number, number];
  readonly offset: number;
}

/** A tensor function of the parameters and of inputs [batch, width]; with `gradient` its one output is a scalar loss, summed over the batch. */
export interface Program {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly width: number }[];
  /** Outputs [batch, width] in the order `run` returns them; [{ name: "loss", width: 0 }] for a loss. */
  readonly outputs: readonly { readonly name: string; readonly width: number }[];
  run(parameters: readonly OpaqueTensor[], inputs: readonly OpaqueTensor[]): readonly OpaqueTensor[];
}

/** Row-major arrays by name, each [n, width]. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** Everything a checkpoint needs to go on exactly. */
export interface EngineState {
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Updates done so far. */
  readonly updates: number;
}

/** The result of an update. */
export interface Update {
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
  /** False when the gradient was not finite and nothing was changed. */
  readonly applied: boolean;
}

export interface UpdateOptions extends AdamOptions {
  /** The gradient is scaled down to this norm at most. */
  readonly clipNorm?: number;
}

/** A compiled model: parameters, their gradient and Adam's moments live inside it. */
export interface Engine {
  /** For records and people: library, provider, threads. */
  readonly name: string;
  readonly threads: number;
  /** Evaluates a program on n rows, in chunks of its own choosing. */
  evaluate(program: Program, inputs: Arrays, n: number): Promise<Record<string, Float32Array>>;
  /** The loss of n rows; its gradient stays inside for `update`. */
  gradient(program: Program, inputs: Arrays, n: number): Promise<number>;
  /** One step of Adam along the last gradient. */
  update(options: UpdateOptions): Promise<Update>;
  /** A copy of the last gradient, summed over threads. */
  lastGradient(): Float32Array;
  state(): EngineState;
  restore(state: EngineState): void;
  /** Sets both moments and the count of updates to zero: a new stage of training. */
  resetOptimiser(): void;
  close(): Promise<void>;
}

/** How to make an engine. */
export interface EngineOptions {
  readonly parameters: Float32Array;
  readonly tensors: readonly TensorPlace[];
  /** Default: all cores. On a GPU one thread feeds the card. */
  readonly threads?: number;
  /** What ONNX Runtime runs on. Default: "cpu". */
  readonly provider?: Provider;
}

/** The factor that scales a gradient of this norm down to `clipNorm`. */
export function clipFactor(norm: number, clipNorm: number | undefined): number {
  return clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
}

/** The inputs of a program for the rows [from, to), copied. @throws RangeError naming an input that is missing. */
export function inputRows(program: Program, inputs: Arrays, from: number, to: number): Float32Array[] {
  return program.inputs.map(({ name, width }) => {
    const array = inputs[name];
    if (!array) throw new RangeError(`engine: missing input "${name}" of program "${program.name}"`);
    return array.slice(from * width, to * width);
  });
}
