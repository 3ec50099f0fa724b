/** Densities with closed forms, and what tests ask of walkers on them. */
import assert from "node:assert/strict";
import { createRng } from "../../src/numerics/random";
import type { Motion } from "../../src/sample/leapfrog";
import type { Edge, Space } from "../../src/sample/space";

/** U and dU/dx of one coordinate. */
export type Energy1d = (x: number) => readonly [value: number, slope: number];

/** A space of independent coordinates, all with the same energy unless it looks at their index; log-det 0, k = 1. */
export function toySpace(
  edges: readonly Edge[],
  energy: (x: number, k: number) => readonly [value: number, slope: number],
  turns: Space["turns"] = [],
): Space & { evaluations: number } {
  const dof = edges.length;
  return {
    name: "toy",
    dof,
    edges,
    turns,
    boltzmann: 1,
    evaluations: 0,
    slopes(x, n) {
      this.evaluations += n;
      const result = {
        energy: new Float64Array(n),
        logDet: new Float64Array(n),
        energyGradient: new Float64Array(n * dof),
        logDetGradient: new Float64Array(n * dof),
      };
      for (let i = 0; i < n * dof; i++) {
        const [value, slope] = energy(x[i]!, i % dof);
        result.energy[Math.floor(i / dof)]! += value;
        result.energyGradient[i] = slope;
      }
      return Promise.resolve(result);
    },
  };
}

/**
 * From a standard normal to exp(-a x^2 / 2) times it in every coordinate: a normal of variance 1 / (1 + a), smaller by (1 + a)^(dof/2) in its
 * integral.
 */
export function narrowing(a: number, dof = 1): Space & { evaluations: number } {
  const space = toySpace(new Array<Edge>(dof).fill("line"), (x) => [(a * x * x) / 2, a * x]);
  const { slopes } = space;
  return Object.assign(space, {
    async slopes(x: Float64Array, n: number) {
      const made = await slopes.call(space, x, n);
      const logDet = new Float64Array(n);
      x.forEach((v, k) => (logDet[Math.floor(k / dof)]! -= (v * v) / 2));
      return { ...made, logDet, logDetGradient: x.map((v) => -v) };
    },
  });
}

/** U = (x - centre)^2 / 2 sigma^2. */
export const harmonic =
  (centre: number, sigma: number): Energy1d =>
  (x) => [(x - centre) ** 2 / (2 * sigma * sigma), (x - centre) / (sigma * sigma)];

/** U = a (x^2 - 1)^2 + b x: two wells near -1 and 1, the left one deeper for b > 0. */
export const doubleWell =
  (a: number, b: number): Energy1d =>
  (x) => [a * (x * x - 1) ** 2 + b * x, 4 * a * x * (x * x - 1) + b];

/** The mean of f under exp(-U/kT) from low to high, by the midpoint rule on 20,000 points. */
export function quadrature(
  energy: Energy1d,
  f: (x: number) => number,
  { kT, low, high }: { readonly kT: number; readonly low: number; readonly high: number },
): number {
  const points = 20_000;
  let [sum, norm] = [0, 0];
  for (let i = 0; i < points; i++) {
    const x = low + ((i + 0.5) * (high - low)) / points;
    const weight = Math.exp(-energy(x)[0] / kT);
    sum += weight * f(x);
    norm += weight;
  }
  return sum / norm;
}

/** n walkers that all move alike. */
export function motion(n: number, dof: number, kT: number, stepSize: number, scale = 1): Motion {
  return {
    kT: new Float64Array(n).fill(kT),
    stepSize: new Float64Array(n).fill(stepSize),
    scale: new Float64Array(n * dof).fill(scale),
  };
}

/** Standard normal numbers. */
export function normals(count: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: count }, () => rng.normal());
}

/** The mean of independent numbers, with its standard error. */
export function meanOf(rows: readonly number[]): { value: number; error: number } {
  const value = rows.reduce((a, b) => a + b, 0) / rows.length;
  const squares = rows.reduce((sum, row) => sum + (row - value) ** 2, 0);
  return { value, error: Math.sqrt(squares / (rows.length - 1) / rows.length) };
}

/** Within four standard errors, which chance exceeds once in 16,000. */
export function assertAgrees({ value, error }: { value: number; error: number }, expected: number, what: string): void {
  assert.ok(Math.abs(value - expected) < 4 * error, `${what}: ${value} +- ${error}, exactly ${expected}`);
}
