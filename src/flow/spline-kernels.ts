/** The two operations of a flow that an engine may run by code of its own, as one step each. */

/** x, widths, heights, slopes -> y, logDet, and the sizes that widths and heights stand for. */
export const SPLINE = "RationalQuadraticSpline";
/** x, the two sizes, slopes, and cotangents of y and logDet -> cotangents of x, widths, heights, slopes. */
export const SPLINE_GRADIENT = "RationalQuadraticSplineGradient";

/** Splines of n degrees of freedom, the last `circular` of them circular. */
export interface SplineOptions {
  readonly circular: number;
  /** false maps x to y, true maps y to x. */
  readonly inverse: boolean;
}
