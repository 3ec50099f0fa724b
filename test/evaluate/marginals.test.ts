import assert from "node:assert/strict";
import { test } from "node:test";
import { compareMarginals, coordinateNames, marginals } from "../../src/evaluate/marginals";
import { createParts } from "../../src/evaluate/parts";
import { createRng } from "../../src/numerics/random";
import { erf, normalQuantile } from "../../src/numerics/special";
import { loadSystem } from "../../src/target/molecule";
import { setOf } from "./sets";

test("shifted Gaussians have the total variation of the closed form, weights take it away", () => {
  // N(0.5, 0.1^2) against N(0.56, 0.1^2) in column 1, equal uniform columns beside it; quantiles, not draws.
  const n = 20_000;
  const of = (mean: number): Float32Array => {
    const x = new Float32Array(3 * n);
    for (let i = 0; i < n; i++) x.set([i / n, mean + 0.1 * normalQuantile((((i * 7919) % n) + 0.5) / n), 0.25], 3 * i);
    return x;
  };
  const samples = setOf(of(0.56), 3);
  const logWeights = Float64Array.from({ length: n }, (_, i) => {
    const x = samples.x[3 * i + 1]!;
    return 50 * ((x - 0.56) ** 2 - (x - 0.5) ** 2);
  });
  const [worst] = compareMarginals(createParts(samples, setOf(of(0.5), 3), logWeights), ["a", "b", "c"]);
  assert.deepEqual([worst!.name, worst!.column], ["b", 1]);
  const exact = erf(0.06 / (2 * Math.SQRT2 * 0.1));
  assert.ok(Math.abs(worst!.tv.plain - exact) < 2e-3, `${worst!.tv.plain} against ${exact}`); // one bin holds the crossing
  assert.ok(worst!.tv.reweighted! < 0.02, `${worst!.tv.reweighted}`);
  assert.ok(Math.abs(worst!.tv.matched - exact) < 0.02 && worst!.tv.floor < 0.05);
});

test("samples of the truth lie at the noise floor", () => {
  const rng = createRng(12);
  const draw = (n: number): Float32Array => Float32Array.from({ length: n }, () => rng.uniform());
  const [{ tv }] = compareMarginals(createParts(setOf(draw(20_000), 1), setOf(draw(40_000), 1), null), ["x"]) as [
    ReturnType<typeof compareMarginals>[number],
  ];
  // Of 100 equally filled bins with 20,000 on each side: 100 / 2 * sqrt(2 / (pi) * 2 * 0.01 / 20,000).
  const exact = 50 * Math.sqrt((4 * 0.01) / (Math.PI * 20_000));
  assert.ok(Math.abs(tv.floor / exact - 1) < 0.3 && Math.abs(tv.matched / exact - 1) < 0.3, `${tv.floor}, ${exact}`);
});

test("what lies outside counts at the edge, what is no number nowhere", () => {
  const [histogram] = marginals(createParts(setOf(Float32Array.of(-3, 2, 1, 0, NaN), 1), setOf(new Float32Array(2), 1), null).plain); // prettier-ignore
  assert.deepEqual([histogram!.weights[0], histogram!.weights[99], histogram!.dropped], [2, 2, 1]);
});

test("coordinates are named by their atoms, in the order of x", () => {
  for (const system of ["aldp", "tetra"]) {
    const { topology, coordinates } = loadSystem(system);
    const names = coordinateNames(topology, coordinates);
    assert.equal(new Set(names).size, system === "aldp" ? 60 : 98);
    assert.ok(names.every((name) => /^(bond|angle|torsion) ((\w+\d+:)?\w+-?)+$/.test(name)));
  }
  const { topology, coordinates } = loadSystem("aldp");
  const names = coordinateNames(topology, coordinates);
  assert.deepEqual([names[0], names[21], names[45]], [
    "bond ALA2:CA-C",
    "angle ALA2:N-CA-C",
    "torsion ACE1:C-ALA2:N-CA-C",
  ]); // prettier-ignore
});
