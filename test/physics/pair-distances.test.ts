import assert from "node:assert/strict";
import { test } from "node:test";
import { createPairDistances, pairIndex } from "../../src/physics/pair-distances";
import { overPairs } from "../../src/physics/term";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";

test("one atom has no pairs", () => {
  const distances = createPairDistances(1);
  const gradient = new Float64Array(3);
  distances.measure(Float64Array.of(1, 2, 3));
  distances.spread(new Float64Array(0), Float64Array.of(1, 2, 3), gradient);
  assert.equal(distances.count, 0);
  assert.deepEqual(gradient, new Float64Array(3));
});

test("pairs are numbered without gaps, row by row, in either order of their atoms", () => {
  for (const atoms of [2, 3, 7]) {
    let expected = 0;
    for (let i = 0; i < atoms; i++) {
      for (let j = i + 1; j < atoms; j++, expected++) {
        assert.equal(pairIndex(atoms, i, j), expected);
        assert.equal(pairIndex(atoms, j, i), expected);
      }
    }
    assert.equal(createPairDistances(atoms).count, expected);
  }
});

test("distances stand where their index says", () => {
  const xyz = cloud(5, 1, 1);
  const distances = createPairDistances(5);
  distances.measure(xyz);
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < i; j++) {
      const r = Math.hypot(...[0, 1, 2].map((k) => xyz[3 * i + k]! - xyz[3 * j + k]!));
      const p = pairIndex(5, i, j);
      assert.ok(Math.abs(distances.squared[p]! - r * r) <= TOLERANCE.f64 * r * r);
      assert.ok(Math.abs(distances.inverse[p]! * r - 1) <= TOLERANCE.f64);
    }
  }
});

test("a slope in r^2 spreads to the gradient in coordinates", () => {
  const weights = [0.3, -1, 2, 0, 5, 1.5];
  const term = overPairs("weighted", createPairDistances(4), [
    {
      name: "weighted",
      evaluate({ squared }, slope) {
        weights.forEach((weight, p) => slope && (slope[p]! += weight));
        return weights.reduce((sum, weight, p) => sum + weight * squared[p]!, 0);
      },
    },
  ]);
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(4, 0.3, seed), `seed ${seed}`);
});

test("atoms in one place have an infinite inverse distance", () => {
  const distances = createPairDistances(2);
  distances.measure(new Float64Array(6));
  assert.equal(distances.squared[0], 0);
  assert.equal(distances.inverse[0], Infinity);
});
