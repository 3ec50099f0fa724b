/** Derivatives of scaled coordinates against central differences. */
import assert from "node:assert/strict";
import type { Coordinates } from "../../src/coords/coordinates";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { differences, relativeDistance } from "./compare";

/** The pullback, which overwrites, and the gradient of the log-det, which is added, at x. */
export function assertDerivatives(coordinates: Coordinates, x: Float64Array, atoms: number): void {
  const xyz = new Float64Array(3 * atoms);
  const rng = createRng(5);
  const gradXyz = xyz.map(() => rng.normal());
  const scalar = (moved: Float64Array): number[] => {
    const logDet = coordinates.place(moved, 0, xyz);
    return [xyz.reduce((sum, value, i) => sum + value * gradXyz[i]!, 0), logDet];
  };
  const expected = differences(scalar, x);
  coordinates.place(x, 0, xyz);
  const gradX = new Float64Array(coordinates.dof).fill(NaN);
  coordinates.pullback(gradXyz, gradX);
  const gradLogDet = new Float64Array(coordinates.dof).fill(1);
  coordinates.logDetGradient(gradLogDet);
  assert.ok(relativeDistance(gradX, expected.map((row) => row[0]!)) < TOLERANCE.difference); // prettier-ignore
  assert.ok(relativeDistance(gradLogDet, expected.map((row) => 1 + row[1]!)) < TOLERANCE.difference); // prettier-ignore
}
