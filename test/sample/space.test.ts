import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { cartesianSpace, internalSpace, moveWithin } from "../../src/sample/space";
import { createMixtureTarget } from "../../src/target/gmm";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { relativeDistance } from "../coords/compare";
import { TOLERANCE } from "../tolerances";

const close = (a: number, b: number): boolean => Math.abs(a - b) < 1e-14;

test("a circle goes on at the other side, however far the step", () => {
  const moves = [[0.9, 0.3, 0.2], [0.1, -0.3, 0.8], [0.5, 7.25, 0.75], [0.5, 0.5, 0], [0, 0, 0]] as const; // prettier-ignore
  for (const [x, step, expected] of moves) {
    const [place, sign] = moveWithin("circle", x, step);
    assert.ok(close(place, expected) && sign === 1, `${x} + ${step} = ${place}`);
  }
  assert.equal(moveWithin("circle", 0, -1e-17)[0], 0);
});

test("an interval reflects and turns the motion round, as often as it takes", () => {
  const moves = [[0.9, 0.3, 0.8, -1], [0.1, -0.3, 0.2, -1], [0.5, 2.1, 0.6, 1], [0.5, -1.2, 0.7, -1], [0.4, 0.6, 1, 1]] as const; // prettier-ignore
  for (const [x, step, expected, sign] of moves) {
    const [place, turned] = moveWithin("interval", x, step);
    assert.ok(close(place, expected) && turned === sign, `${x} + ${step} = ${place}, ${turned}`);
  }
  assert.deepEqual(moveWithin("line", 0.9, 5), [5.9, 1]);
});

test("bonds and angles of a target are intervals, torsions circles", async () => {
  const target = createTarget(loadSystem("aldp"), { threads: 0 });
  const { edges, dof } = internalSpace(target);
  assert.deepEqual([edges.indexOf("circle"), edges.lastIndexOf("interval"), edges.length], [41, 40, dof]);
  assert.deepEqual(internalSpace(createMixtureTarget()).edges, ["interval", "interval"]);
  await target.close();
});

test("internal and Cartesian coordinates have one energy, and its gradients are one", async () => {
  const { name, system, coordinates: spec } = loadSystem("aldp");
  const target = createTarget(loadSystem("aldp"), { threads: 0 });
  const coordinates = createCoordinates(spec);
  const cartesian = cartesianSpace(name, system);
  const n = 3; // odd: one pair and one alone
  const x = Float64Array.from({ length: n * target.dof }, (_, k) => 0.45 + 0.1 * Math.sin(k * k));
  const xyz = new Float64Array(n * cartesian.dof);
  const room = new Float64Array(cartesian.dof);
  for (let i = 0; i < n; i++) {
    coordinates.place(x, i * target.dof, room);
    xyz.set(room, i * cartesian.dof);
  }
  const [inner, outer] = [await target.slopes(x, n), await cartesian.slopes(xyz, n)];
  const pulled = new Float64Array(target.dof);
  for (let i = 0; i < n; i++) {
    coordinates.place(x, i * target.dof, room);
    coordinates.pullback(outer.energyGradient.slice(i * cartesian.dof, (i + 1) * cartesian.dof), pulled);
    const row = inner.energyGradient.subarray(i * target.dof, (i + 1) * target.dof);
    assert.ok(relativeDistance(pulled, row) < TOLERANCE.f64);
  }
  assert.ok(relativeDistance(outer.energy, inner.energy) < TOLERANCE.f64);
  assert.ok(outer.logDetGradient.every((value) => value === 0));
});

test("a molecule with constraints is refused in Cartesian coordinates", () => {
  const { name, system } = loadSystem("tetra");
  assert.throws(() => cartesianSpace(name, system), /cartesianSpace: invalid system \(got 22 constraints in tetra\)/);
});
