/** What a target is at one point, on scalars in double precision; `batch.ts` maps it over batches. */

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
  /** Evaluates x[offset ... offset + dof) into `point`. Never throws: an invalid point gives NaN or Infinity. */
  evaluate(x: ArrayLike<number>, offset: number, point: Point, withGradient: boolean): void;
}

/** Room for the results of a kernel. */
export function createPoint(dof: number): Point {
  return { energy: 0, logDet: 0, energyGradient: new Float64Array(dof), logDetGradient: new Float64Array(dof) };
}
