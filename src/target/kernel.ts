/** What a target is at a few points, in double precision; `batch.ts` maps it over batches. */

/** What a kernel writes for one point; made once and used for all, so that no point allocates. */
export interface Point {
  /** kJ/mol for molecules. */
  energy: number;
  logDet: number;
  /** dU/dx and d logDet/dx, filled when asked for. */
  readonly energyGradient: Float64Array;
  readonly logDetGradient: Float64Array;
}

/** A target without batches, threads or temperature; one instance serves one caller at a time. */
export interface Kernel {
  readonly dof: number;
  /** How many points it evaluates at once. */
  readonly lanes: number;
  /**
   * Evaluates the rows of x from `offset` on into `points`, at most `lanes` of them. No row's bits depend on the rows beside it.
   * Never throws: an invalid point gives NaN or Infinity.
   */
  evaluate(x: ArrayLike<number>, offset: number, points: readonly Point[], withGradient: boolean): void;
}

/** Room for the results of a kernel. */
export function createPoint(dof: number): Point {
  return { energy: 0, logDet: 0, energyGradient: new Float64Array(dof), logDetGradient: new Float64Array(dof) };
}
