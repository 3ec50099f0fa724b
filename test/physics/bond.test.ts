import assert from "node:assert/strict";
import { test } from "node:test";
import { createBondTerm } from "../../src/physics/bond";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, editedForce } from "./shipped";

const bond = (i: number, j: number) => ({ i, j, length: 0.1, k: 2000 });

test("a bond stretched by d costs k d^2 / 2 and pulls its atoms together", () => {
  const gradient = new Float64Array(6);
  const energy = createBondTerm({ type: "bond", bonds: [bond(0, 1)] }).evaluate(
    Float64Array.of(0, 0, 0, 0, 0, 0.15),
    gradient,
  );
  assert.ok(Math.abs(energy - 2.5) < TOLERANCE.f64);
  gradient.forEach((value, k) => assert.ok(Math.abs(value - [0, 0, -100, 0, 0, 100][k]!) < 100 * TOLERANCE.f64));
});

test("no bonds cost nothing", () => {
  assert.equal(createBondTerm({ type: "bond", bonds: [] }).evaluate(new Float64Array(3), new Float64Array(3)), 0);
});

test("the gradient of bonds that share atoms is the derivative", () => {
  const term = createBondTerm({ type: "bond", bonds: [bond(0, 1), bond(2, 1), bond(0, 3), bond(3, 2)] });
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(4, 0.1, seed), `seed ${seed}`);
});

test("atoms in one place have the energy of a bond of length zero and no direction to move in", () => {
  const gradient = new Float64Array(6);
  const energy = createBondTerm({ type: "bond", bonds: [bond(0, 1)] }).evaluate(new Float64Array(6), gradient);
  assert.ok(Math.abs(energy - 10) < 10 * TOLERANCE.f64);
  assert.deepEqual(gradient, new Float64Array(6));
});

test("a coordinate that is not a number makes energy and gradient not a number", () => {
  const gradient = new Float64Array(6);
  const term = createBondTerm({ type: "bond", bonds: [bond(0, 1)] });
  assert.ok(Number.isNaN(term.evaluate(Float64Array.of(NaN, 0, 0, 0.1, 0, 0), gradient)));
  assert.ok(Number.isNaN(gradient[0]));
});

test("what a HarmonicBondForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(
      editedForce("aldp", "HarmonicBondForce", from, to),
      'HarmonicBondForce "HarmonicBondForce" (force 0)',
      ...parts,
    );
  refused(
    'usesPeriodic="0"',
    'usesPeriodic="1"',
    'usesPeriodic="1"',
    "periodic image",
    "setUsesPeriodicBoundaryConditions",
  );
  refused('version="2"', 'version="3"', 'version="3"', "at most 2");
  refused("<Bonds>", "<Weights/><Bonds>", "<Weights>", "<Bonds>");
  refused(' k="284512"', "", "Bond 0: missing attribute k");
  refused('k="284512"', 'k="stiff"', "Bond 0: invalid k", '"stiff"');
  refused('k="284512"', 'k="1e999"', "Bond 0: invalid k", '"1e999"');
  refused('k="284512"', 'k=" "', "Bond 0: invalid k", '""');
  refused('p2="2"', 'p2="22"', "Bond 0: invalid atoms", "1, 22", "from 0 to 21");
  refused('p2="2"', 'p2="-1"', "Bond 0: invalid atoms", "1, -1");
  refused('p2="2"', 'p2="1.5"', "Bond 0: invalid atoms", "1, 1.5");
  refused('p2="2"', 'p2="1"', "Bond 0: invalid atoms", "1, 1", "distinct");
});
