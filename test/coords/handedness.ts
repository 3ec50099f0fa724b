/** The side on which an atom stands, computed without torsions. */

/** The sign of the triple product of (l - j), (i - j) and (a - i): on which side of the plane l, j, i the atom a stands. */
export function handedness(xyz: Float64Array, [a, i, j, l]: readonly [number, number, number, number]): number {
  const from = (p: number, q: number): [number, number, number] =>
    [0, 1, 2].map((k) => xyz[3 * p + k]! - xyz[3 * q + k]!) as [number, number, number];
  const [u, v, w] = [from(l, j), from(i, j), from(a, i)];
  const x = u[1] * v[2] - u[2] * v[1];
  const y = u[2] * v[0] - u[0] * v[2];
  const z = u[0] * v[1] - u[1] * v[0];
  return Math.sign(x * w[0] + y * w[1] + z * w[2]);
}
