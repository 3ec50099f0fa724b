import assert from "node:assert/strict";
import { test } from "node:test";
import { createBornRadii, type BornRadii, type BornRadiiData } from "../../src/physics/born-radii";
import { createPairDistances } from "../../src/physics/pair-distances";
import { overBornRadii, overPairs, type EnergyTerm } from "../../src/physics/term";
import { differences } from "../coords/compare";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";

const OBC2 = [1, 0.8, 4.85] as const;
const sphere = (inner: number, scaled: number) => ({ inner, scaled, outer: inner + 0.009 });

function radiiOf(data: BornRadiiData, xyz: Float64Array): Float64Array {
  const born = createBornRadii(data);
  const distances = createPairDistances(data.spheres.length);
  distances.measure(xyz);
  born.measure(distances);
  return born.radii.slice();
}

/** B of the first of two atoms at distance r, and back from it to the integral I. */
function radiusBeside(rho: number, s: number, r: number, engulfing = true): number {
  const spheres = [sphere(rho, 0.001), sphere(0.05, s)];
  return radiiOf({ spheres, rescaling: OBC2, engulfing }, Float64Array.of(0, 0, 0, r, 0, 0))[0]!;
}

function radiusFrom(integral: number, rho: number): number {
  const psi = integral * rho;
  return 1 / (1 / rho - Math.tanh(psi - 0.8 * psi ** 2 + 4.85 * psi ** 3) / (rho + 0.009));
}

/** The integral of 1/x^4 / (4 pi) over the part of a sphere of radius s at distance r that lies outside rho, shell by shell. */
function quadrature(rho: number, s: number, r: number): number {
  const simpson = (f: (x: number) => number, from: number, to: number, steps = 20_000): number => {
    const h = (to - from) / steps;
    let sum = f(from) + f(to);
    for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * f(from + k * h);
    return (sum * h) / 3;
  };
  const inside = (x: number): number => (s * s - (x - r) ** 2) / (4 * x * r); // share of the shell at x that the sphere covers
  const whole = s - r > rho ? simpson((x) => 1 / x ** 2, rho, s - r) : 0; // shells covered wholly
  const from = Math.max(rho, Math.abs(r - s));
  return whole + (r + s > from ? simpson((x) => inside(x) / x ** 2, from, r + s) : 0);
}

const CASES: Record<string, [rho: number, s: number, r: number]> = {
  "far apart": [0.12, 0.1, 2],
  apart: [0.12, 0.1, 0.3],
  touching: [0.12, 0.1, 0.22],
  overlapping: [0.12, 0.1, 0.15],
  "sphere wholly inside the atom": [0.12, 0.03, 0.05],
  "sphere inside but for a cap": [0.12, 0.1, 0.03],
  "atom inside the sphere": [0.05, 0.14, 0.06],
};

test("two atoms have the radii that the Coulomb-field integral gives, however they lie", () => {
  for (const [what, [rho, s, r]] of Object.entries(CASES)) {
    const expected = radiusFrom(quadrature(rho, s, r), rho);
    assert.ok(Math.abs(radiusBeside(rho, s, r) / expected - 1) <= TOLERANCE.f64, what);
  }
});

test("without the engulfing term, the shells wholly inside a sphere are not counted", () => {
  const [rho, s, r] = CASES["atom inside the sphere"]!;
  const expected = radiusFrom(quadrature(rho, s, r) - (1 / rho - 1 / (s - r)), rho);
  assert.ok(Math.abs(radiusBeside(rho, s, r, false) / expected - 1) <= TOLERANCE.f64);
});

test("one atom alone has its inner radius, and so has one whose neighbours are far", () => {
  assert.deepEqual(radiiOf({ spheres: [sphere(0.1, 0.08)], rescaling: OBC2, engulfing: true }, new Float64Array(3)), Float64Array.of(0.1)); // prettier-ignore
  assert.ok(Math.abs(radiusBeside(0.1, 0.08, 1e4) - 0.1) <= TOLERANCE.f64);
});

test("the rescaling of the integral is the one asked for", () => {
  const [rho, s, r] = CASES.apart!;
  const spheres = [sphere(rho, s), sphere(rho, s)];
  const psi = quadrature(rho, s, r) * rho;
  const xyz = Float64Array.of(0, 0, 0, 0, r, 0);
  const expected = 1 / (1 / rho - Math.tanh(0.8 * psi + 2.909125 * psi ** 3) / (rho + 0.009));
  const radii = radiiOf({ spheres, rescaling: [0.8, 0, 2.909125], engulfing: false }, xyz);
  for (const radius of radii) assert.ok(Math.abs(radius / expected - 1) <= TOLERANCE.f64);
});

// Atoms that lie in one another's spheres in every way that they can.
const SPHERES = [sphere(0.05, 0.14), sphere(0.12, 0.03), sphere(0.11, 0.09), sphere(0.02, 0.2), sphere(0.15, 0.1)];

function weighted(born: BornRadii): EnergyTerm {
  const weights = [1, -2, 3, 0.5, 1.5];
  const term = overBornRadii("weighted", born, [
    {
      name: "weighted",
      evaluate(_distances, radii, _slope, radiusSlope) {
        weights.forEach((weight, i) => radiusSlope && (radiusSlope[i]! += weight));
        return weights.reduce((sum, weight, i) => sum + weight * radii[i]!, 0);
      },
    },
  ]);
  return overPairs("weighted", createPairDistances(weights.length), [term]);
}

test("slopes in the radii spread to the gradient in coordinates, in sparse and in dense clouds", () => {
  for (const engulfing of [true, false]) {
    const term = weighted(createBornRadii({ spheres: SPHERES, rescaling: OBC2, engulfing }));
    for (const width of [0.03, 0.1, 0.3]) {
      for (const seed of [1, 2, 3]) assertGradient(term, cloud(5, width, seed), `width ${width}, seed ${seed}`);
    }
  }
});

test("radii are continuous where spheres touch, and with the engulfing term smooth", () => {
  for (const [rho, s] of [
    [0.12, 0.1],
    [0.05, 0.14],
    [0.12, 0.03],
  ] as const) {
    // prettier-ignore
    for (const edge of [rho + s, rho - s, s - rho].filter((r) => r > 0)) {
      const at = (r: Float64Array): Float64Array => Float64Array.of(radiusBeside(rho, s, r[0]!));
      const [below, above] = [edge - 1e-9, edge + 1e-9].map((r) => at(Float64Array.of(r))[0]!) as [number, number];
      assert.ok(Math.abs(below - above) < 1e-8);
      const slopes = [edge - 1e-5, edge + 1e-5].map((r) => differences(at, Float64Array.of(r), 1e-6)[0]![0]!);
      // The second derivative jumps, and moves slopes over these 2e-5 nm by some 1e-3; a kink would be of the order of 1.
      assert.ok(Math.abs(slopes[0]! - slopes[1]!) < 1e-2, `slope at r ${edge}: ${slopes.join(", ")}`);
    }
  }
});
