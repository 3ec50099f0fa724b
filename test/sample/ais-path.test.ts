import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveSamples } from "../../src/evaluate/ess";
import { createRng } from "../../src/numerics/random";
import { annealedImportance } from "../../src/sample/annealed-importance";
import { findPath, nextExponent } from "../../src/sample/ais-path";
import { placeWalkers } from "../../src/sample/walkers";
import { assertAgrees, meanOf, narrowing, normals } from "./toys";

const DOF = 10;
const A = 3;
const OPTIONS = { leapfrogs: 2, jitter: 0.2, keep: 0.7, acceptance: 0.8, tries: 10, most: 50 };

/** The share of normal walkers in DOF dimensions that a step from exponent to exponent keeps: E[v]^2 / E[v^2], v = exp(-(to - from) A x^2 / 2). */
function kept(from: number, to: number): number {
  const s = ((to - from) * A) / (1 + from * A);
  return ((1 + 2 * s) / (1 + s) ** 2) ** (DOF / 2);
}

test("the next exponent keeps the wanted share, or is the last one", () => {
  const energy = normals(5000, 1).map((v) => 3 * v * v);
  const to = nextExponent(energy, 0.2, 0.6);
  assert.ok(Math.abs(effectiveSamples(energy.map((u) => -(to - 0.2) * u)) / 5000 - 0.6) < 1e-6);
  assert.equal(nextExponent(energy, 0.2, 0.01), 1);
});

test("walkers without an energy count as lost", () => {
  const energy = Float64Array.of(0, 0, 0, NaN);
  assert.equal(nextExponent(energy, 0, 0.75), 1);
  assert.ok(nextExponent(energy, 0, 0.8) < 1e-8);
});

test("between normal densities, exponents are those of the closed form and steps have the wanted acceptance", async () => {
  const space = narrowing(A, DOF);
  const n = 8000;
  const start = await placeWalkers(space, normals(n * DOF, 2));
  const before = space.evaluations;
  const [path] = await findPath(space, OPTIONS, start, createRng(3).state());
  const { exponents } = path;
  assert.equal(space.evaluations - before, exponents.length * OPTIONS.tries * OPTIONS.leapfrogs * n);
  exponents.forEach((to, k) => {
    const share = kept(exponents[k - 1] ?? 0, to);
    assert.ok(Math.abs(share - OPTIONS.keep) < 0.03, `step ${k} to ${to} keeps ${share}`);
  });
  assert.ok(kept(exponents.at(-1)!, 1) > OPTIONS.keep - 0.03);
  path.scales.forEach((scale, level) => {
    const deviation = 1 / Math.sqrt(1 + exponents[level]! * A);
    scale.forEach((value) => assert.ok(Math.abs(value / deviation - 1) < 0.1, `scale ${value}, exactly ${deviation}`));
  });
  for (const resampleBelow of [0, 1]) {
    const fresh = await placeWalkers(space, normals(n * DOF, 4));
    const options = { ...OPTIONS, resampleBelow };
    const end = await annealedImportance(space, options, fresh, path, createRng(5).state());
    // Walkers that are not resampled lag behind the density, and are accepted the more readily for it.
    end.acceptance.forEach((value) => assert.ok(value > 0.75 && value < 0.95, `acceptance ${value}`));
    const weights = [...end.logWeights.map(Math.exp)];
    // Resampled walkers are not independent; that there are fewer ancestors says by how much, if they forgot nothing.
    const origins = new Set(end.ancestors).size;
    if (resampleBelow === 0) assert.equal(origins, n);
    else assert.ok(origins < 0.9 * n && origins > 0.1 * n, `${origins} ancestors`);
    const ratio = meanOf(weights);
    const error = ratio.error * Math.sqrt(n / origins);
    assertAgrees({ value: ratio.value, error }, (1 + A) ** (-DOF / 2), "mean weight");
    const squares = weights.map((w, i) => w * end.walkers.x[i * DOF]! ** 2);
    const second = meanOf(squares);
    assertAgrees(
      { value: second.value, error: second.error * Math.sqrt(n / origins) },
      (1 + A) ** (-DOF / 2 - 1),
      "weighted x^2",
    );
    const share = effectiveSamples(end.logWeights) / n;
    assert.ok(share > 2 * kept(0, 1), `ESS ${share}, of plain weights ${kept(0, 1)}`);
  }
});

test("forces of another density change what is accepted, not what is sampled", async () => {
  const space = narrowing(A, DOF);
  const wrong = {
    ...space,
    forces: async (x: Float64Array, n: number) => {
      const { energyGradient, logDetGradient } = await space.slopes(x, n);
      return { energyGradient: energyGradient.map((g) => 0.7 * g), logDetGradient };
    },
  };
  const n = 8000;
  const [path] = await findPath(
    wrong,
    OPTIONS,
    await placeWalkers(wrong, normals(1000 * DOF, 6)),
    createRng(7).state(),
  );
  const start = await placeWalkers(wrong, normals(n * DOF, 8));
  const end = await annealedImportance(wrong, { ...OPTIONS, resampleBelow: 0 }, start, path, createRng(9).state());
  const weights = [...end.logWeights.map(Math.exp)];
  assertAgrees(meanOf(weights), (1 + A) ** (-DOF / 2), "mean weight");
  assertAgrees(
    meanOf(weights.map((w, i) => w * end.walkers.x[i * DOF]! ** 2)),
    (1 + A) ** (-DOF / 2 - 1),
    "weighted x^2",
  );
});

test("what cannot be annealed is refused in words", async () => {
  const space = narrowing(A, DOF);
  const start = await placeWalkers(space, normals(100 * DOF, 10));
  const rng = createRng(11).state();
  await assert.rejects(
    findPath(space, { ...OPTIONS, most: 1 }, start, rng),
    /findPath: missing overlap \(got 1 densities/,
  );
  await assert.rejects(findPath(space, { ...OPTIONS, keep: 1 }, start, rng), /findPath: invalid options \(got keep 1/);
});
