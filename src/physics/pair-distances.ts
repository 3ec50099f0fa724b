/** Distances of all atom pairs i < j, row by row, and the way back from dU/d(r^2) to the gradient in coordinates. */

/** The last measured distances; pair (i, j) has the index `pairIndex(atoms, i, j)`. */
export interface PairDistances {
  readonly atoms: number;
  readonly count: number;
  /** r^2, nm^2. */
  readonly squared: Float64Array;
  /** 1/r, 1/nm. */
  readonly inverse: Float64Array;
  /** Measures all pairs of `xyz`, flat [3 * atoms], nm. */
  measure(xyz: Float64Array): void;
  /** Adds dU/dxyz into `gradient`, given dU/d(r^2) of each pair at the measured `xyz`. */
  spread(slope: Float64Array, xyz: Float64Array, gradient: Float64Array): void;
}

/** Where the pair of atoms i and j (in either order, distinct) stands in the row-by-row order of the upper triangle. */
export function pairIndex(atoms: number, i: number, j: number): number {
  const [low, high] = i < j ? [i, j] : [j, i];
  return (low * (2 * atoms - low - 1)) / 2 + high - low - 1;
}

/** Room for the distances of all pairs of `atoms`. */
export function createPairDistances(atoms: number): PairDistances {
  const count = (atoms * (atoms - 1)) / 2;
  const squared = new Float64Array(count);
  const inverse = new Float64Array(count);
  return {
    atoms,
    count,
    squared,
    inverse,
    measure(xyz) {
      for (let i = 0, p = 0; i < 3 * atoms; i += 3) {
        const xi = xyz[i]!;
        const yi = xyz[i + 1]!;
        const zi = xyz[i + 2]!;
        for (let j = i + 3; j < 3 * atoms; j += 3, p++) {
          const x = xi - xyz[j]!;
          const y = yi - xyz[j + 1]!;
          const z = zi - xyz[j + 2]!;
          const r2 = x * x + y * y + z * z;
          squared[p] = r2;
          inverse[p] = 1 / Math.sqrt(r2);
        }
      }
    },
    spread(slope, xyz, gradient) {
      for (let i = 0, p = 0; i < 3 * atoms; i += 3) {
        const xi = xyz[i]!;
        const yi = xyz[i + 1]!;
        const zi = xyz[i + 2]!;
        let gx = 0;
        let gy = 0;
        let gz = 0;
        for (let j = i + 3; j < 3 * atoms; j += 3, p++) {
          const twice = 2 * slope[p]!; // d(r^2)/dx_i = 2 (x_i - x_j)
          const x = twice * (xi - xyz[j]!);
          const y = twice * (yi - xyz[j + 1]!);
          const z = twice * (zi - xyz[j + 2]!);
          gx += x;
          gy += y;
          gz += z;
          gradient[j] = gradient[j]! - x;
          gradient[j + 1] = gradient[j + 1]! - y;
          gradient[j + 2] = gradient[j + 2]! - z;
        }
        gradient[i] = gradient[i]! + gx;
        gradient[i + 1] = gradient[i + 1]! + gy;
        gradient[i + 2] = gradient[i + 2]! + gz;
      }
    },
  };
}
