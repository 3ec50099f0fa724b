/** x -> Cartesian -> x, for coordinates in which every x in [0, 1] is a structure. */
import assert from "node:assert/strict";
import type { Coordinates } from "../../src/coords/coordinates";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { relativeDistance } from "./compare";

/** Any x at all, by a seed. */
export function uniformX({ dof }: Pick<Coordinates, "dof">, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: dof }, () => rng.uniform());
}

/** Twenty x come back, with log-dets that cancel; `onPlaced` sees each of them placed in xyz. */
export function assertRoundTrip(coordinates: Coordinates, xyz: Float64Array, onPlaced: () => void = () => {}): void {
  for (let seed = 0; seed < 20; seed++) {
    const x = uniformX(coordinates, seed);
    const back = new Float64Array(coordinates.dof);
    const sum = coordinates.place(x, 0, xyz) + coordinates.toScaled(xyz, back);
    assert.ok(Math.abs(sum) < TOLERANCE.f64, `seed ${seed}: ${sum}`);
    assert.ok(relativeDistance(back, x) < TOLERANCE.f64, `seed ${seed}`);
    onPlaced();
  }
}
