/** Geometry for tests of energies: jitter, rotations, and gradients against central differences. */
import assert from "node:assert/strict";
import { createRng, type Rng } from "../../src/numerics/random";
import type { EnergyTerm } from "../../src/physics/term";
import { differences, relativeDistance } from "../coords/compare";
import { TOLERANCE } from "../tolerances";

/** Coordinates displaced by normal noise of width `sigma`, nm. */
export function jittered(xyz: Float64Array, sigma: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return xyz.map((value) => value + sigma * rng.normal());
}

/** Points of a standard normal cloud, scaled: some close, some far. */
export function cloud(atoms: number, scale: number, seed: number): Float64Array {
  return jittered(new Float64Array(3 * atoms), scale, seed);
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

/** A random rotation about the origin, by a random unit quaternion. */
export function rotated(rng: Rng): (xyz: Float64Array) => Float64Array {
  const q = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
  const norm = Math.hypot(...q);
  const [w, x, y, z] = q.map((value) => value / norm) as [number, number, number, number];
  const rows = [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
  return (xyz) =>
    xyz.map((_, k) => {
      const atom = k - (k % 3);
      const [a, b, c] = rows[k % 3] as [number, number, number];
      return a * xyz[atom]! + b * xyz[atom + 1]! + c * xyz[atom + 2]!;
    });
}

// nm. The Born integrals have kinks in their second derivative where spheres touch: a short step hardly ever straddles one.
const STEP = 1e-5;

/** Checks a term's gradient against central differences, and that it is added to what is there. */
export function assertGradient(term: EnergyTerm, xyz: Float64Array, what: string): void {
  const before = Float64Array.from(xyz, (_, k) => k);
  const gradient = before.slice();
  const value = term.evaluate(xyz, gradient);
  assert.equal(term.evaluate(xyz, null), value, what);
  const numeric = differences((moved) => [term.evaluate(moved, null)], xyz, STEP).map((row) => row[0]!);
  const error = relativeDistance(
    gradient.map((g, k) => g - before[k]!),
    numeric,
  );
  assert.ok(error <= TOLERANCE.difference, `${what}: gradient differs from central differences by ${error}`);
}
