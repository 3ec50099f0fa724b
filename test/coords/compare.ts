/** What the tests of coordinates compare by: distances of vectors, central differences, determinants. */

/** Largest absolute difference of two vectors. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((worst, value, i) => {
    const difference = Math.abs(value - b[i]!);
    return difference <= worst ? worst : difference; // NaN wins
  }, 0);
}

/** |a - b| / |b|, Euclidean. */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (v: ArrayLike<number>): number =>
    Math.sqrt(Array.from(v).reduce((sum, value) => sum + value * value, 0));
  return norm(Float64Array.from(a, (value, i) => value - b[i]!)) / norm(b);
}

/** df/dx by central differences of fourth order; one row per entry of x. */
export function differences(f: (x: Float64Array) => ArrayLike<number>, x: Float64Array, step = 1e-4): Float64Array[] {
  return Array.from(x, (_, k) => {
    const at = (shift: number): Float64Array => {
      const moved = x.slice();
      moved[k]! += shift;
      return Float64Array.from(f(moved));
    };
    const [a, b, c, d] = [at(-2 * step), at(-step), at(step), at(2 * step)];
    return a.map((value, i) => (value - 8 * b[i]! + 8 * c[i]! - d[i]!) / (12 * step));
  });
}

/** log|det| of a square matrix given by rows, by Gaussian elimination with partial pivoting. */
export function logAbsDeterminant(rows: readonly Float64Array[]): number {
  const matrix = rows.map((row) => row.slice());
  let logDet = 0;
  for (let k = 0; k < matrix.length; k++) {
    const size = (i: number): number => Math.abs(matrix[i]![k]!);
    const pivot = matrix.reduce((best, _, i) => (i > k && size(i) > size(best) ? i : best), k);
    [matrix[k], matrix[pivot]] = [matrix[pivot]!, matrix[k]!];
    const head = matrix[k]!;
    logDet += Math.log(Math.abs(head[k]!));
    for (let i = k + 1; i < matrix.length; i++) {
      const row = matrix[i]!;
      const factor = row[k]! / head[k]!;
      for (let j = k; j < row.length; j++) row[j]! -= factor * head[j]!;
    }
  }
  return logDet;
}
