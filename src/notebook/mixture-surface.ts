/** The plane of the Gaussian mixture as a surface (paper, figure of the mixture). */
import { freeEnergy } from "../evaluate/ramachandran";
import { histogram2d } from "../numerics/histogram";
import type { Surface } from "./charts/surface";
import { relativeWeights } from "./weights";

/** The square that x in [0, 1]^2 spans, for the `range` of `surfaceChart`. */
const AXIS = { low: -50, high: 50, bins: 100 };

/** -log of the density (kT, lowest 0) of points x [n, 2]; weighted where log weights are given. */
export function mixtureSurface(
  title: string,
  { n, x }: { readonly n: number; readonly x: Float32Array },
  logWeights?: ArrayLike<number>,
): Surface {
  const coordinate = (axis: 0 | 1): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => AXIS.low + (AXIS.high - AXIS.low) * x[2 * i + axis]!);
  const weights = logWeights && relativeWeights(logWeights);
  return { title, freeEnergy: freeEnergy(histogram2d(coordinate(0), coordinate(1), [AXIS, AXIS], weights)) };
}
