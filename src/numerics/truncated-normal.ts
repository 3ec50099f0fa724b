/** The normal distribution truncated to an interval: the flow's prior of bonds, angles and the mixture's plane (paper, appendix on architectures). */
import { normalCdf, normalLogPdf, normalQuantile } from "./special";

/** A normal distribution with this mean and scale, conditioned on [low, high]. */
export interface TruncatedNormal {
  readonly mean: number;
  readonly scale: number;
  readonly low: number;
  readonly high: number;
  /** log of (scale times the untruncated mass of [low, high]): logPdf(x) = normalLogPdf((x - mean) / scale) - this. */
  readonly logNormalizer: number;
  /** log density at x, -Infinity outside [low, high]. */
  logPdf(x: number): number;
  /** The x below which a share u in [0, 1] of the mass lies; in [low, high]. */
  quantile(u: number): number;
}

/** @throws RangeError unless scale > 0, low < high and some mass that doubles can hold lies between them. */
export function createTruncatedNormal(options: {
  readonly mean: number;
  readonly scale: number;
  readonly low: number;
  readonly high: number;
}): TruncatedNormal {
  const { mean, scale, low, high } = options;
  const a = (low - mean) / scale;
  const b = (high - mean) / scale;
  // Both tails are kept: in its own tail a probability has full relative accuracy, seen from the other it has none.
  const below = normalCdf(a);
  const above = normalCdf(-b);
  const mass = a > 0 ? normalCdf(-a) - above : normalCdf(b) - below;
  if (!(scale > 0 && low < high && mass > 0)) {
    throw new RangeError(
      `createTruncatedNormal: invalid parameters (got mean ${mean}, scale ${scale}, low ${low}, high ${high}), ` +
        "expected scale > 0 and low < high with some of the mass between",
    );
  }
  const logNormalizer = Math.log(scale) + Math.log(mass);
  return {
    mean,
    scale,
    low,
    high,
    logNormalizer,
    logPdf: (x) =>
      x >= low && x <= high ? normalLogPdf((x - mean) / scale) - logNormalizer : x !== x ? NaN : -Infinity,
    quantile(u) {
      if (!(u >= 0 && u <= 1)) return NaN;
      const left = below + u * mass;
      const z = left <= 0.5 ? normalQuantile(left) : -normalQuantile(above + (1 - u) * mass);
      return Math.min(high, Math.max(low, mean + scale * z));
    },
  };
}
