/** From which side to look at a molecule: along its shortest principal axis, so that it spreads over the picture. */

/**
 * Centred coordinates [x right, y up, z towards the eye] in the axes of their own spread, then turned about y (radians). A rotation, never
 * a reflection: handedness stays.
 */
export function principalView(xyz: ArrayLike<number>, turn = 0): Float64Array {
  const atoms = xyz.length / 3;
  const mean = [0, 1, 2].map((axis) => sum(atoms, (i) => xyz[3 * i + axis]!) / atoms);
  const away = (i: number, axis: number): number => xyz[3 * i + axis]! - mean[axis]!;
  const covariance = [0, 1, 2].map((a) => [0, 1, 2].map((b) => sum(atoms, (i) => away(i, a) * away(i, b))));
  // Loaded on first use: only this needs linear algebra.
  const { EigenvalueDecomposition, Matrix } = require("ml-matrix") as typeof import("ml-matrix");
  // Ascending, so the longest axis is the last.
  const vectors = new EigenvalueDecomposition(new Matrix(covariance), { assumeSymmetric: true }).eigenvectorMatrix;
  const right = pointed(vectors.getColumn(2));
  const up = pointed(vectors.getColumn(1));
  const towards = cross(right, up);
  const view = new Float64Array(xyz.length);
  for (let i = 0; i < atoms; i++) {
    const along = (axis: readonly number[]): number => axis.reduce((total, a, k) => total + a * away(i, k), 0);
    const [x, z] = [along(right), along(towards)];
    view[3 * i] = x * Math.cos(turn) + z * Math.sin(turn);
    view[3 * i + 1] = along(up);
    view[3 * i + 2] = z * Math.cos(turn) - x * Math.sin(turn);
  }
  return view;
}

/** An axis with its largest part positive: the sign of an eigenvector is arbitrary. */
function pointed(axis: readonly number[]): number[] {
  const largest = axis.reduce((most, a) => (Math.abs(a) > Math.abs(most) ? a : most), 0);
  return axis.map((a) => (largest < 0 ? -a : a));
}

function cross([a, b, c]: readonly number[], [d, e, f]: readonly number[]): number[] {
  return [b! * f! - c! * e!, c! * d! - a! * f!, a! * e! - b! * d!];
}

function sum(count: number, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += value(i);
  return total;
}
