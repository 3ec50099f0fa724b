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

/** An array [n, width] that goes in or comes out, one row per sample. */
export interface Field {
  readonly name: string;
  readonly width: number;
}

/** A tensor function of the parameters and of inputs [batch, width], row by row. */
export interface Program {
  readonly name: string;
  readonly inputs: readonly Field[];
  /** In the order in which `run` returns them. */
  readonly outputs: readonly Field[];
  run(parameters: readonly OpaqueTensor[], inputs: readonly OpaqueTensor[]): readonly OpaqueTensor[];
}

/** The input of a loss that weighs its rows; rows that only fill up a batch weigh nothing. */
export const WEIGHT = "weight";

/** A scalar to differentiate with respect to the parameters: the sum over a batch of the input WEIGHT times a function of each row. */
export interface Loss extends Program {
  /** Inputs that are known only when the outputs are: the target's gradient at a sample that the flow makes. */
  readonly late: readonly Field[];
  /** The scalar, given what `run` returned. */
  loss(inputs: readonly OpaqueTensor[], outputs: readonly OpaqueTensor[], late: readonly OpaqueTensor[]): OpaqueTensor;
}

/** Row-major arrays by name, each [n, width]. */
export type Arrays = Readonly<Record<string, Float32Array>>;

export type Supply = (outputs: Readonly<Record<string, Float32Array>>) => Promise<Arrays | null>;

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
  /**
   * The loss of n rows; its gradient stays inside for `update`.
   * @param supply makes the late inputs from the outputs, or null to give up: the result is NaN then, and there is no gradient
   */
  gradient(loss: Loss, inputs: Arrays, n: number, supply?: Supply): Promise<number>;
  /** One step of Adam along the last gradient. */
  update(options: UpdateOptions): Promise<Update>;
  /** A copy of the last gradient, summed over threads. */
  lastGradient(): Promise<Float32Array>;
  /** To be read before the next update, and not written to: no copy, for who asks at every iteration. */
  readonly parameters: Readonly<Float32Array>;
  /** @throws Error if a worker has died, perhaps in the middle of an update. */
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
  /** Takes each program as one graph of plain operations instead of cutting it at the splines: slower on a processor. */
  readonly whole?: boolean;
  /** What ONNX Runtime runs on. Default: "cpu". */
  readonly provider?: Provider;
}

/** The factor that scales a gradient of this norm down to `clipNorm`. */
export function clipFactor(norm: number, clipNorm: number | undefined): number {
  return clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1;
}

/** The arrays of `fields` for the rows [from, to), copied. @throws RangeError naming one that is missing. */
export function rowsOf(
  program: string,
  fields: readonly Field[],
  arrays: Arrays,
  from: number,
  to: number,
): Float32Array[] {
  return fields.map(({ name, width }) => {
    const array = arrays[name];
    if (!array) throw new RangeError(`engine: missing input "${name}" of program "${program}"`);
    return new Float32Array(array.subarray(from * width, to * width));
  });
}

/** Room for what a program makes of n rows. */
export function roomFor(fields: readonly Field[], n: number): Record<string, Float32Array> {
  return Object.fromEntries(fields.map(({ name, width }) => [name, new Float32Array(n * width)]));
}
