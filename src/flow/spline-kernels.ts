/** The two operations of a flow that an engine may run by code of its own, as one step each. */

/** Smallest bin width and height, as a share of the interval. */
export const MIN_BIN = 1e-3;
/** Smallest slope at a knot. */
export const MIN_SLOPE = 1e-3;

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
