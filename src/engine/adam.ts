/** Adam (Kingma & Ba 2015, algorithm 1) with L2 weight decay, on slices of flat vectors. */

/** What one update needs besides the gradient. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Adds weightDecay * parameter to the gradient. */
  readonly weightDecay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Parameters, gradient and both moments, equal in length. */
export interface AdamSlices {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * One update in place.
 * @param step the number of this update, from 1 (bias correction)
 * @param scale multiplies the gradient first: the factor of a clipped norm
 */
export function adamUpdate(slices: AdamSlices, step: number, scale: number, options: AdamOptions): void {
  const { parameters, gradient, first, second } = slices;
  const { learningRate, weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const root = Math.sqrt(1 - beta2 ** step);
  // Both bias corrections folded into the rate and the epsilon: one square root and one division per parameter.
  const rate = (learningRate * root) / (1 - beta1 ** step);
  const small = epsilon * root;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]! * scale + weightDecay * parameters[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] = parameters[i]! - (rate * m) / (Math.sqrt(v) + small);
  }
}
