import assert from "node:assert/strict";
import { test } from "node:test";
import { createGeneralizedBornTerm } from "../../src/physics/generalized-born";
import { createPairDistances } from "../../src/physics/pair-distances";
import { differences, relativeDistance } from "../coords/compare";
import { TOLERANCE } from "../tolerances";
import { cloud } from "./geometry";

const PAIR = -138.935 * (1 - 1 / 78.5);
const CHARGES = [0.5, -1, 0.3, 0.2];
const RADII = Float64Array.of(0.15, 0.2, 0.12, 0.3);

function termOf(charges: readonly number[]) {
  return createGeneralizedBornTerm({ charges, self: PAIR / 2, pair: PAIR });
}

function distancesOf(xyz: Float64Array) {
  const distances = createPairDistances(xyz.length / 3);
  distances.measure(xyz);
  return distances;
}

test("one ion has Born's energy", () => {
  const energy = termOf([2]).evaluate(distancesOf(new Float64Array(3)), Float64Array.of(0.2), null, null);
  assert.ok(Math.abs(energy / ((PAIR * 4) / (2 * 0.2)) - 1) <= TOLERANCE.f64);
});

test("the energy is Still's sum over atoms and pairs", () => {
  const distances = distancesOf(cloud(4, 0.3, 1));
  let expected = 0;
  for (let i = 0, p = 0; i < 4; i++) {
    expected += ((PAIR / 2) * CHARGES[i]! ** 2) / RADII[i]!;
    for (let j = i + 1; j < 4; j++, p++) {
      const product = RADII[i]! * RADII[j]!;
      const r2 = distances.squared[p]!;
      expected += (PAIR * CHARGES[i]! * CHARGES[j]!) / Math.sqrt(r2 + product * Math.exp(-r2 / (4 * product)));
    }
  }
  const energy = termOf(CHARGES).evaluate(distances, RADII, null, null);
  assert.ok(Math.abs(energy / expected - 1) <= TOLERANCE.f64);
});

test("charges in one place act as one ion of their sum", () => {
  const energy = termOf([0.4, 0.6]).evaluate(distancesOf(new Float64Array(6)), Float64Array.of(0.2, 0.2), null, null);
  assert.ok(Math.abs(energy / (PAIR / 0.4) - 1) <= TOLERANCE.f64);
});

test("slopes in r^2 and in the radii are derivatives, and are added to what is there", () => {
  const term = termOf(CHARGES);
  for (const seed of [1, 2, 3]) {
    const distances = distancesOf(cloud(4, 0.3, seed));
    const slope = new Float64Array(distances.count).fill(1);
    const radiusSlope = new Float64Array(4).fill(1);
    term.evaluate(distances, RADII, slope, radiusSlope);
    const bySquared = differences((squared) => [term.evaluate({ ...distances, squared }, RADII, null, null)], distances.squared, 1e-6); // prettier-ignore
    const byRadius = differences((radii) => [term.evaluate(distances, radii, null, null)], RADII, 1e-5);
    const close = (got: Float64Array, rows: Float64Array[], what: string): void => {
      const error = relativeDistance(got.map((value) => value - 1), rows.map((row) => row[0]!)); // prettier-ignore
      assert.ok(error <= TOLERANCE.difference, `${what}, seed ${seed}: ${error}`);
    };
    close(slope, bySquared, "slope");
    close(radiusSlope, byRadius, "radius slope");
  }
});
