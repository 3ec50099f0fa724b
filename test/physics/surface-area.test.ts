import assert from "node:assert/strict";
import { test } from "node:test";
import { createPairDistances } from "../../src/physics/pair-distances";
import { createSurfaceAreaTerm } from "../../src/physics/surface-area";
import { differences, relativeDistance } from "../coords/compare";
import { TOLERANCE } from "../tolerances";

const FACTOR = 4 * Math.PI * 2.25936;
const term = createSurfaceAreaTerm({ factor: FACTOR, probe: 0.14, radii: [0.15, 0.2] });
const none = createPairDistances(2);

test("an atom whose Born radius is its own has the energy of its whole surface, rolled over by the probe", () => {
  const expected = FACTOR * ((0.15 + 0.14) ** 2 + (0.2 + 0.14) ** 2);
  assert.ok(Math.abs(term.evaluate(none, Float64Array.of(0.15, 0.2), null, null) / expected - 1) <= TOLERANCE.f64);
});

test("a buried atom has next to none", () => {
  assert.ok(term.evaluate(none, Float64Array.of(3, 4), null, null) < 1e-6);
});

test("the slope in the radii is the derivative, and is added to what is there", () => {
  const radii = Float64Array.of(0.16, 0.3);
  const slope = Float64Array.of(1, 1);
  term.evaluate(none, radii, null, slope);
  const numeric = differences((moved) => [term.evaluate(none, moved, null, null)], radii, 1e-5).map((row) => row[0]!);
  assert.ok(relativeDistance(slope.map((value) => value - 1), numeric) <= TOLERANCE.difference); // prettier-ignore
});
