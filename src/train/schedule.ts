/** Learning rates over a stage of training, as values (paper, section on training: warm-up, then one cosine cycle; a restart per rung). */

/** Linear warm-up to `peak`, then a half cosine down to `floor` at the last iteration. */
export interface Schedule {
  readonly peak: number;
  /** Iterations of warm-up; 0 for none. */
  readonly warmup: number;
  /** The rate that the cosine ends at; equal to `peak` for a constant rate. */
  readonly floor: number;
}

/** The rate at an iteration, counted from 0, of `iterations`. */
export function learningRate({ peak, warmup, floor }: Schedule, iteration: number, iterations: number): number {
  if (iteration < warmup) return (peak * (iteration + 1)) / warmup;
  const progress = Math.min(1, (iteration - warmup) / Math.max(1, iterations - warmup));
  return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
}
