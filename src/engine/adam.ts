/** Adam (Kingma & Ba 2015, algorithm 1) with L2 weight decay, and sums of gradients, on flat vectors that threads may share. */
import { attachWasm, createSharedMemory, type Memory } from "../io/wasm";

/** What one update needs besides the gradient. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Adds weightDecay * parameter to the gradient. */
  readonly weightDecay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Parameters, Adam's two moments and one gradient per thread, equal in length, zero at first. Can be sent to other threads. */
export interface FlatVectors {
  readonly memory: Memory;
  readonly length: number;
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly gradients: readonly Float32Array[];
}

/** A part of all vectors; both ends are multiples of 16. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

interface Functions {
  accumulate(to: number, from: number, n: number): void;
  squaredNorm(vector: number, n: number): number;
  adam(parameters: number, gradient: number, first: number, second: number, n: number, ...factors: number[]): void;
}

/** What a thread does with its range of the vectors. */
export interface Optimiser {
  /** Sums the first `parts` gradients into gradient `own`; returns the squared norm of the sum. */
  reduce(range: Range, own: number, parts: number): number;
  /**
   * One update in place along gradient `own`.
   * @param step the number of this update, from 1 (bias correction)
   * @param scale multiplies the gradient first: the factor of a clipped norm
   */
  update(range: Range, own: number, step: number, scale: number, options: AdamOptions): void;
}

/** @param length a multiple of 16 */
export function createVectors(length: number, gradients: number): FlatVectors {
  const { memory, start } = createSharedMemory(4 * length * (3 + gradients));
  const vector = (i: number): Float32Array => new Float32Array(memory.buffer, start + 4 * length * i, length);
  return {
    memory,
    length,
    parameters: vector(0),
    first: vector(1),
    second: vector(2),
    gradients: Array.from({ length: gradients }, (_, i) => vector(3 + i)),
  };
}

export function createOptimiser({ memory, parameters, first, second, gradients }: FlatVectors): Optimiser {
  const call = attachWasm<Functions>("optimiser", memory);
  const at = (vector: Float32Array, { from }: Range): number => vector.byteOffset + 4 * from;
  return {
    reduce(range, own, parts) {
      const n = range.to - range.from;
      const target = gradients[own]!;
      if (own >= parts) target.fill(0, range.from, range.to); // this thread had no rows
      for (const [other, part] of gradients.slice(0, parts).entries()) {
        if (other !== own) call.accumulate(at(target, range), at(part, range), n);
      }
      return call.squaredNorm(at(target, range), n);
    },
    update(range, own, step, scale, options) {
      const { learningRate, weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
      // Both bias corrections folded into the rate and the epsilon: one square root and one division per parameter.
      const root = Math.sqrt(1 - beta2 ** step);
      const rate = (learningRate * root) / (1 - beta1 ** step);
      const vectors = [parameters, gradients[own]!, first, second].map((v) => at(v, range));
      const [p, g, m, v] = vectors as [number, number, number, number];
      const n = range.to - range.from;
      call.adam(p, g, m, v, n, scale, weightDecay, beta1, 1 - beta1, beta2, 1 - beta2, rate, epsilon * root);
    },
  };
}
