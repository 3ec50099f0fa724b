import assert from "node:assert/strict";
import { test } from "node:test";
import { createParts } from "../../src/evaluate/parts";
import { compareTorus, type TorusPoints, torusWasserstein2 } from "../../src/evaluate/torus";
import { createRng, type Rng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { setOf } from "./sets";

const points = (dimension: number, angles: number[]): TorusPoints => {
  return { n: angles.length / dimension, dimension, angles: Float64Array.from(angles) };
};
const uniform = (rng: Rng, n: number): number[] => Array.from({ length: n }, () => (2 * rng.uniform() - 1) * Math.PI);

/** The least mean squared distance over all permutations. */
function byEnumeration(a: TorusPoints, b: TorusPoints): number {
  const arc = (turn: number): number => Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)));
  const cost = (i: number, j: number): number =>
    Array.from({ length: a.dimension }, (_, k) => {
      return arc(a.angles[i * a.dimension + k]! - b.angles[j * a.dimension + k]!) ** 2;
    }).reduce((sum, square) => sum + square, 0);
  const least = (i: number, free: readonly number[]): number =>
    free.length === 0 ? 0 : Math.min(...free.map((j) => cost(i, j) + least(i + 1, free.filter((k) => k !== j)))); // prettier-ignore
  return Math.sqrt(
    least(
      0,
      Array.from({ length: a.n }, (_, j) => j),
    ) / a.n,
  );
}

test("the distance is the least over all assignments", () => {
  const rng = createRng(7);
  for (let round = 0; round < 20; round++) {
    const dimension = 1 + (round % 4);
    const [a, b] = [0, 1].map(() => points(dimension, uniform(rng, 6 * dimension))) as [TorusPoints, TorusPoints];
    const expected = byEnumeration(a, b);
    assert.ok(Math.abs(torusWasserstein2(a, b) / expected - 1) < TOLERANCE.f64, `seed 7, round ${round}`);
  }
});

test("the distance is that of transferable-samplers' formula by POT 0.9.7", () => {
  // i = numpy.arange(200); a, b as below; d = abs(a[:, None] - b[None]); d = numpy.minimum(d, 2 * pi - d)
  // sqrt(ot.emd2(ot.unif(200), ot.unif(200), (d ** 2).sum(-1), numItermax=int(1e9)))
  const all = (point: (i: number) => number[]): TorusPoints =>
    points(2, Array.from({ length: 200 }, (_, i) => point(i).map((value) => Math.PI * value)).flat());
  const a = all((i) => [Math.sin(1.7 * i + 0.3), Math.cos((2.3 * i * i) % 7)]);
  const b = all((i) => [Math.sin(0.9 * i + 1.1), Math.sin(3.1 * i + 0.2)]);
  assert.ok(Math.abs(torusWasserstein2(a, b) / 0.5340361487317001 - 1) < TOLERANCE.f64);
});

test("arcs are measured across the seam", () => {
  const near = torusWasserstein2(points(2, [3.1, 0]), points(2, [-3.1, 0]));
  assert.ok(Math.abs(near - (2 * Math.PI - 6.2)) < TOLERANCE.f64);
});

test("a shifted cluster is as far away as it was shifted, however its points are ordered", () => {
  const rng = createRng(8);
  const cluster = Array.from({ length: 400 }, () => [3 + 0.2 * rng.normal(), 0.2 * rng.normal()]);
  const shifted = cluster.map(([phi, psi]) => [phi! + 0.3, psi! - 0.4]).reverse();
  assert.ok(Math.abs(torusWasserstein2(points(2, cluster.flat()), points(2, shifted.flat())) - 0.5) < TOLERANCE.f64);
});

test("no points, or unequally many, are refused", () => {
  assert.throws(() => torusWasserstein2(points(2, []), points(2, [])), /torusWasserstein2: mismatched points/);
  assert.throws(() => torusWasserstein2(points(2, [0, 0]), points(1, [0, 0])), /got \[1, 2\] and \[2, 1\]/);
});

test("samples of the truth lie at its noise floor, shifted ones above it, and weights take them back", () => {
  // von-Mises-like: normal of width 0.1 in x about 0.9, that is 0.63 rad across the seam.
  const rng = createRng(9);
  const draw = (n: number, shift: number): Float32Array => {
    return Float32Array.from({ length: n }, () => (0.9 + shift + 0.1 * rng.normal() + 1) % 1);
  };
  const truth = setOf(draw(8000, 0), 1);
  const same = compareTorus(createParts(setOf(draw(4000, 0), 1), truth, null), [0], rng, { points: 200 });
  assert.ok(Math.abs(same.matched / same.floor - 1) < 0.6, `${same.matched} against ${same.floor}`);
  assert.equal(same.reweighted, null);
  const samples = setOf(draw(4000, 0.05), 1);
  const turns = (x: number, mean: number): number => x - mean - Math.round(x - mean);
  const logWeights = Float64Array.from(samples.x, (x) => 50 * (turns(x, 0.95) ** 2 - turns(x, 0.9) ** 2));
  const far = compareTorus(createParts(samples, truth, logWeights), [0], rng, { points: 200 });
  assert.ok(Math.abs(far.plain / (0.1 * Math.PI) - 1) < 0.2, `${far.plain}`);
  assert.ok(far.reweighted! < 0.5 * far.plain, `${far.reweighted} against ${far.plain}`);
});
