/** Rows of an array [n, width], picked by their numbers. */

/** Those rows, in this order; a row may come again. [rows.length, width] */
export function takeRows<T extends Float32Array | Float64Array>(values: T, width: number, rows: ArrayLike<number>): T {
  const taken = new (values.constructor as new (length: number) => T)(rows.length * width);
  for (let k = 0; k < rows.length; k++) {
    const [from, to] = [rows[k]! * width, k * width];
    for (let j = 0; j < width; j++) taken[to + j] = values[from + j]!;
  }
  return taken;
}
