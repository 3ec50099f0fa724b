/** The mixture of 40 Gaussians in the plane (paper, "Systems"; Midgley et al. 2023), a target that shows every mode at a glance. */
import { dataPath } from "../io/paths";
import { readNpyFloat64 } from "../io/npy";
import type { Rng } from "../numerics/random";
import { createBatchEvaluator, createCountedTarget } from "./batch";
import type { Kernel } from "./kernel";
import type { Target } from "./target";

/** Equal weights, axis-parallel Gaussians; means and scales are [modes, 2], flat. */
export interface Mixture {
  readonly modes: number;
  readonly means: Float64Array;
  readonly scales: Float64Array;
}

/** x in [0, 1] spans [-50, 50] on each axis. */
const SPAN = 100;
/** log p below this counts as no density at all. */
const FLOOR = -1e4;

/** A coordinate of the plane as x in [0, 1]. */
export function scaleMixture(coordinate: number): number {
  return coordinate / SPAN + 0.5;
}

/** The 40 Gaussians of the paper. */
export function loadMixture(): Mixture {
  const means = readNpyFloat64(dataPath("gmm", "means.npy"), [null, 2]);
  const scales = readNpyFloat64(dataPath("gmm", "scales.npy"), means.shape);
  return { modes: means.shape[0]!, means: means.data, scales: scales.data };
}

/** log p at (x, y), -Infinity below the floor; `gradient` [2] receives its derivative (0 below the floor). */
export function mixtureLogProb(
  { modes, means, scales }: Mixture,
  x: number,
  y: number,
  gradient: Float64Array,
): number {
  // One pass: `sum` and the two moments are kept relative to the largest exponent so far, as in a streaming log-sum-exp.
  let largest = -Infinity;
  let sum = 0;
  let gx = 0;
  let gy = 0;
  for (let k = 0; k < modes; k++) {
    const sx = scales[2 * k]!;
    const sy = scales[2 * k + 1]!;
    const dx = (x - means[2 * k]!) / sx;
    const dy = (y - means[2 * k + 1]!) / sy;
    const exponent = -0.5 * (dx * dx + dy * dy) - Math.log(sx * sy);
    if (exponent > largest) {
      const shrink = Math.exp(largest - exponent);
      sum *= shrink;
      gx *= shrink;
      gy *= shrink;
      largest = exponent;
    }
    const p = Math.exp(exponent - largest);
    sum += p;
    gx -= (p * dx) / sx;
    gy -= (p * dy) / sy;
  }
  const logProb = largest + Math.log(sum) - Math.log(2 * Math.PI * modes);
  const isBelow = logProb < FLOOR;
  gradient[0] = isBelow ? 0 : gx / sum;
  gradient[1] = isBelow ? 0 : gy / sum;
  return isBelow ? -Infinity : logProb;
}

/** n exact samples as x in [0, 1], [n, 2]; the square holds all but 1e-8 of them, and those beyond are drawn again. */
export function sampleMixture({ modes, means, scales }: Mixture, n: number, rng: Rng): Float32Array {
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const mode = rng.integer(modes);
    do {
      for (const axis of [0, 1]) {
        const k = 2 * mode + axis;
        x[2 * i + axis] = scaleMixture(means[k]! + scales[k]! * rng.normal());
      }
    } while (!(x[2 * i]! >= 0 && x[2 * i]! < 1 && x[2 * i + 1]! >= 0 && x[2 * i + 1]! < 1));
  }
  return x;
}

/** U = -log p at the points of [-50, 50]^2 that x in [0, 1]^2 stands for. */
export function createMixtureKernel(mixture: Mixture): Kernel {
  const gradient = new Float64Array(2);
  return {
    dof: 2,
    lanes: 1,
    evaluate(x, offset, points, withGradient) {
      const point = points[0]!;
      point.energy = -mixtureLogProb(mixture, SPAN * (x[offset]! - 0.5), SPAN * (x[offset + 1]! - 0.5), gradient);
      point.logDet = 2 * Math.log(SPAN);
      if (!withGradient) return;
      point.energyGradient[0] = -SPAN * gradient[0]!;
      point.energyGradient[1] = -SPAN * gradient[1]!;
      point.logDetGradient.fill(0);
    },
  };
}

/** The mixture as a target: "temperature" T means the density p^(1/T), and T = 1 the mixture itself. Evaluated in this thread. */
export function createMixtureTarget(): Target {
  return createCountedTarget(
    { name: "gmm", dof: 2, channels: ["bond", "bond"], boltzmann: 1 },
    createBatchEvaluator(createMixtureKernel(loadMixture())),
  );
}
