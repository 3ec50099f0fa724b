import assert from "node:assert/strict";
import { test } from "node:test";
import { compareConformations, conformationOf } from "../../src/evaluate/conformations";
import { createParts } from "../../src/evaluate/parts";
import { createRng } from "../../src/numerics/random";
import { setOf } from "./sets";

const degrees = (phi: number, psi: number): [number, number] => [0.5 + phi / 360, 0.5 + psi / 360];

test("the known minima lie in their basins", () => {
  for (const [phi, psi] of [
    [-145, 160],
    [-70, 145],
    [-83, 80],
    [170, 170],
  ] as const) {
    // prettier-ignore
    assert.equal(conformationOf(...degrees(phi, psi)), "beta");
  }
  assert.equal(conformationOf(...degrees(-60, -50)), "alpha R");
  for (const psi of [60, -110]) assert.equal(conformationOf(...degrees(50, psi)), "alpha L");
});

test("free energies are those of the shares, sampled and reweighted", () => {
  // The truth is in beta, alpha R and alpha L with shares 0.6, 0.3, 0.1; samples with 0.5, 0.25, 0.25 and the weights between them.
  const places = [degrees(-145, 160), degrees(-60, -50), degrees(50, 60)];
  const draw = (n: number, shares: readonly number[], seed: number): number[] => {
    const rng = createRng(seed);
    return Array.from({ length: n }, () => {
      const u = rng.uniform();
      return u < shares[0]! ? 0 : u < shares[0]! + shares[1]! ? 1 : 2;
    });
  };
  const [p, q] = [[0.6, 0.3, 0.1], [0.5, 0.25, 0.25]] as const; // prettier-ignore
  const states = draw(20_000, q, 1);
  const set = (list: readonly number[]): ReturnType<typeof setOf> =>
    setOf(Float32Array.from(list.flatMap((state) => places[state]!)), 2);
  const logWeights = Float64Array.from(states, (state) => Math.log(p[state]! / q[state]!));
  const parts = createParts(set(states), set(draw(20_000, p, 2)), logWeights);
  const results = compareConformations(parts, [[0, 1]], createRng(3));
  assert.deepEqual(results.map(({ conformation }) => conformation), ["alpha R", "alpha L"]); // prettier-ignore
  results.forEach(({ plain, reweighted, truth }, k) => {
    const expected: [typeof plain, number][] = [
      [plain, Math.log(q[0] / q[k + 1]!)],
      [reweighted!, Math.log(p[0] / p[k + 1]!)],
      [truth, Math.log(p[0] / p[k + 1]!)],
    ];
    for (const [{ value, error }, exact] of expected) {
      assert.ok(Math.abs(value - exact) < 4 * error && error < 0.05, `${value} +- ${error} against ${exact}`);
    }
  });
});
