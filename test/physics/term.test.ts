import assert from "node:assert/strict";
import { test } from "node:test";
import { createBornRadii } from "../../src/physics/born-radii";
import { createPairDistances } from "../../src/physics/pair-distances";
import { overBornRadii, overPairs, type BornTerm, type PairTerm } from "../../src/physics/term";
import { assertGradient, cloud } from "./geometry";

const inverseSquares: PairTerm = {
  name: "inverse squares",
  evaluate({ squared }, slope) {
    squared.forEach((r2, p) => slope && (slope[p]! -= 1 / r2 ** 2));
    return squared.reduce((sum, r2) => sum + 1 / r2, 0);
  },
};

const born = createBornRadii({
  spheres: [0.1, 0.12, 0.15].map((inner) => ({ inner, scaled: 0.8 * inner, outer: inner + 0.009 })),
  rescaling: [1, 0.8, 4.85],
  engulfing: true,
});

/** Depends on distances and radii at once. */
const mixed: BornTerm = {
  name: "mixed",
  evaluate({ squared }, radii, slope, radiusSlope) {
    const [a, b, c] = radii as unknown as [number, number, number];
    if (slope !== null) slope[0] = slope[0]! + a;
    if (radiusSlope !== null) [squared[0]!, 2 * b, c * c].forEach((value, i) => (radiusSlope[i]! += value));
    return a * squared[0]! + b ** 2 + c ** 3 / 3;
  },
};

test("terms of distances have gradients in coordinates, alone and together", () => {
  const distances = createPairDistances(3);
  const radial = overBornRadii("radial", born, [mixed, mixed]);
  for (const terms of [[inverseSquares], [radial], [inverseSquares, radial]]) {
    for (const seed of [1, 2, 3]) {
      assertGradient(overPairs("sum", distances, terms), cloud(3, 0.2, seed), `${terms.length} terms, seed ${seed}`);
    }
  }
});

test("the sum of terms on the same radii is the sum of each alone", () => {
  const distances = createPairDistances(3);
  const xyz = cloud(3, 0.2, 4);
  const value = (terms: BornTerm[]): number =>
    overPairs("sum", distances, [overBornRadii("radial", born, terms)]).evaluate(xyz, null);
  assert.equal(value([mixed, mixed]), 2 * value([mixed]));
});
