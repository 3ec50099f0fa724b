import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { initHmc, stepHmc } from "../../src/sample/hmc";
import type { Space } from "../../src/sample/space";
import { placeWalkers, type Walkers } from "../../src/sample/walkers";
import { assertAgrees, doubleWell, harmonic, meanOf, motion, quadrature, toySpace } from "./toys";

interface Trial {
  readonly steps: number;
  readonly leapfrogs: number;
  readonly stepSize: number;
  readonly seed: number;
  readonly kT?: number;
}

/** Averages over time and coordinates of several functions of (walkers, entry of x): of 40 walkers, after a tenth of the steps. */
async function averages(
  space: Space,
  { steps, leapfrogs, stepSize, seed, kT = 1 }: Trial,
  functions: readonly ((walkers: Walkers, k: number) => number)[],
): Promise<{ value: number; error: number }[]> {
  const n = 40;
  const { dof } = space;
  const options = { leapfrogs, jitter: 0.2 };
  let state = initHmc(await placeWalkers(space, new Float64Array(n * dof).fill(0.5)), createRng(seed).state(), options);
  const sums = functions.map(() => new Float64Array(n));
  for (let step = -steps / 10; step < steps; step++) {
    [state] = await stepHmc(space, options, motion(n, dof, kT, stepSize), state);
    if (step < 0) continue;
    functions.forEach((f, j) => {
      for (let k = 0; k < n * dof; k++) sums[j]![Math.floor(k / dof)]! += f(state.walkers, k) / (steps * dof);
    });
  }
  return sums.map((rows) => meanOf([...rows]));
}

for (const leapfrogs of [1, 8]) {
  test(`mean, variance and equipartition of a harmonic well, by ${leapfrogs} leapfrog steps`, async () => {
    const space = toySpace(["line", "line"], harmonic(0.3, 0.7));
    const kT = 1.7;
    const trial = { steps: 1000, leapfrogs, stepSize: 0.4, kT, seed: 1 };
    const [mean, variance, virial] = await averages(space, trial, [
      ({ x }, k) => x[k]!,
      ({ x }, k) => (x[k]! - 0.3) ** 2,
      ({ x, energyGradient }, k) => (x[k]! - 0.3) * energyGradient[k]!,
    ]);
    assertAgrees(mean!, 0.3, "mean");
    assertAgrees(variance!, 0.49 * kT, "variance");
    assertAgrees(virial!, kT, "<x dU/dx>");
  });
}

test("the wells of a double well are populated as by quadrature", async () => {
  const well = doubleWell(2, 0.4);
  const isLeft = (x: number): number => (x < 0 ? 1 : 0);
  const trial = { steps: 4000, leapfrogs: 5, stepSize: 0.25, seed: 2 };
  const [left] = await averages(toySpace(["line"], well), trial, [({ x }, k) => isLeft(x[k]!)]);
  assert.ok(left!.error < 0.02);
  assertAgrees(left!, quadrature(well, isLeft, { kT: 1, low: -4, high: 4 }), "left");
});

// Densest at an edge, so that walkers who met it wrongly would show.
const EDGES = {
  circle: (x: number) => [-Math.cos(2 * Math.PI * x), 2 * Math.PI * Math.sin(2 * Math.PI * x)] as const,
  interval: (x: number) => [2 * x, 2] as const,
};

for (const edge of ["circle", "interval"] as const) {
  test(`the density at the edge of a ${edge} is right`, async () => {
    const space = toySpace([edge], EDGES[edge]);
    const near = (x: number): number => (x < 0.1 ? 1 : 0);
    const trial = { steps: 1500, leapfrogs: 4, stepSize: 0.15, seed: 3 };
    const cosine = (x: number): number => Math.cos(2 * Math.PI * x);
    const means = await averages(space, trial, [({ x }, k) => near(x[k]!), ({ x }, k) => cosine(x[k]!)]);
    [near, cosine].forEach((f, i) => {
      assertAgrees(means[i]!, quadrature(EDGES[edge], f, { kT: 1, low: 0, high: 1 }), `${edge} ${i}`);
    });
  });
}

test("a proposal is accepted with exp of the energy it loses, by hand", async () => {
  const space = toySpace(["line"], harmonic(0, 1));
  const walkers = await placeWalkers(space, Float64Array.of(1.2));
  const options = { leapfrogs: 1, jitter: 0 };
  const h = 1.3;
  for (let seed = 0; seed < 20; seed++) {
    const p = createRng(seed).normal(); // the first number of a step is its momentum
    const half = p - (h / 2) * 1.2;
    const x = 1.2 + h * half;
    const q = half - (h / 2) * x;
    const expected = Math.min(1, Math.exp((1.2 ** 2 + p * p - x * x - q * q) / 2));
    const state = initHmc(walkers, createRng(seed).state(), options);
    const [next, { acceptance }] = await stepHmc(space, options, motion(1, 1, 1, h), state);
    assert.ok(Math.abs(acceptance[0]! - expected) < 1e-12, `seed ${seed}`);
    const at = next.walkers.x[0]!;
    assert.ok(at === 1.2 || Math.abs(at - x) < 1e-12);
    assert.equal(next.walkers.energy[0], at ** 2 / 2, "a walker's energy is that of where it is");
  }
});

test("walkers that leave what can be evaluated stay where they were, and are counted", async () => {
  const space = toySpace(["line"], (x) => (x <= 1 ? [0, 0] : [NaN, NaN]));
  const options = { leapfrogs: 2, jitter: 0 };
  let state = initHmc(await placeWalkers(space, new Float64Array(50).fill(0.9)), createRng(1).state(), options);
  let all = 0;
  for (let step = 0; step < 20; step++) {
    const [next, { invalid, acceptance }] = await stepHmc(space, options, motion(50, 1, 1, 1), state);
    assert.equal(acceptance.filter((a) => a === 0).length, invalid);
    all += invalid;
    state = next;
  }
  assert.ok(all > 20, `${all}`);
  assert.ok(state.walkers.x.every((x) => x <= 1));
});

test("the same state gives the same step, and is not written to", async () => {
  const space = toySpace(["line"], harmonic(0, 1));
  const options = { leapfrogs: 3, jitter: 0.2 };
  const state = initHmc(await placeWalkers(space, new Float64Array(5)), createRng(4).state(), options);
  const copy = structuredClone(state);
  const first = await stepHmc(space, options, motion(5, 1, 1, 0.5), state);
  assert.deepEqual(state, copy);
  assert.deepEqual(await stepHmc(space, options, motion(5, 1, 1, 0.5), copy), first);
});

test("options and starts that cannot work are refused", async () => {
  const space = toySpace(["line", "line"], harmonic(0, 1));
  const walkers = await placeWalkers(space, new Float64Array(4));
  const rng = createRng(1).state();
  for (const [leapfrogs, jitter] of [
    [0, 0],
    [1.5, 0],
    [1, 1],
    [1, NaN],
  ] as const) {
    // prettier-ignore
    assert.throws(() => initHmc(walkers, rng, { leapfrogs, jitter }), /initHmc: invalid options \(got/);
  }
  const lost = await placeWalkers(space, Float64Array.of(0, 0, 0, NaN));
  assert.throws(() => initHmc(lost, rng, { leapfrogs: 1, jitter: 0 }), /invalid start of walker 1 \(got energy NaN/);
  await assert.rejects(placeWalkers(space, new Float64Array(3)), /mismatched x \(got 3 numbers\)/);
});
