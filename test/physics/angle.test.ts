import assert from "node:assert/strict";
import { test } from "node:test";
import { createAngleTerm } from "../../src/physics/angle";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, editedForce } from "./shipped";

const angle = (i: number, j: number, k: number, rest = 2) => ({ i, j, k, angle: rest, stiffness: 400 });
const one = (rest?: number) => createAngleTerm({ type: "angle", angles: [angle(0, 1, 2, rest)] });
/** Atoms 0-1-2 with that angle at atom 1. */
const bent = (theta: number): Float64Array =>
  Float64Array.of(0.1, 0, 0, 0, 0, 0, 0.15 * Math.cos(theta), 0.15 * Math.sin(theta), 0);

test("an angle bent by d costs k d^2 / 2", () => {
  for (const theta of [0.01, 1, Math.PI / 2, 3, Math.PI - 1e-3]) {
    const expected = 200 * (theta - 2) ** 2;
    assert.ok(Math.abs(one().evaluate(bent(theta), null) - expected) <= TOLERANCE.f64 * Math.max(1, expected));
  }
});

test("an angle keeps its precision next to a straight line", () => {
  const bend = 1e-9; // the arc cosine cannot tell it from zero
  const energy = one(Math.PI).evaluate(bent(Math.PI - bend), null);
  assert.ok(Math.abs(energy / (200 * bend ** 2) - 1) < 1e-6); // pi - 1e-9 itself holds seven digits of the bend
});

test("no angles cost nothing", () => {
  assert.equal(createAngleTerm({ type: "angle", angles: [] }).evaluate(new Float64Array(3), new Float64Array(3)), 0);
});

test("the gradient of angles that share atoms is the derivative", () => {
  const term = createAngleTerm({ type: "angle", angles: [angle(0, 1, 2), angle(3, 1, 0), angle(1, 2, 3)] });
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(4, 0.1, seed), `seed ${seed}`);
});

test("a straight angle has its energy and no direction to bend in", () => {
  for (const sign of [1, -1]) {
    const gradient = new Float64Array(9);
    const energy = one().evaluate(Float64Array.of(0.1, 0, 0, 0, 0, 0, 0.1 * sign, 0, 0), gradient);
    const expected = 200 * ((sign > 0 ? 0 : Math.PI) - 2) ** 2;
    assert.ok(Math.abs(energy - expected) <= TOLERANCE.f64 * expected);
    assert.deepEqual(gradient, new Float64Array(9));
  }
});

test("atoms in one place leave the gradient finite", () => {
  const gradient = new Float64Array(9);
  one().evaluate(new Float64Array(9), gradient);
  assert.deepEqual(gradient, new Float64Array(9));
});

test("what a HarmonicAngleForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(
      editedForce("tetra", "HarmonicAngleForce", from, to),
      'HarmonicAngleForce "HarmonicAngleForce" (force 5)',
      ...parts,
    );
  refused('usesPeriodic="0"', 'usesPeriodic="1"', 'usesPeriodic="1"', "periodic image");
  refused('version="2"', 'version="3"', 'version="3"');
  refused(/ a="[^"]*"/, "", "Angle 0: missing attribute a", "got k, p1, p2, p3");
  refused('p3="5"', 'p3="42"', "Angle 0: invalid atoms", "0, 4, 42", "from 0 to 41");
});
