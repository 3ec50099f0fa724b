import assert from "node:assert/strict";
import { test } from "node:test";
import { hamiltonian, integrate } from "../../src/sample/leapfrog";
import { internalSpace } from "../../src/sample/space";
import { basinStarts, relax } from "../../src/sample/starts";
import { placeWalkers } from "../../src/sample/walkers";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { TOLERANCE } from "../tolerances";
import { doubleWell, harmonic, motion, normals, toySpace } from "./toys";

const largest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), 0);
const reversed = (momentum: Float64Array): Float64Array => momentum.map((p) => -p);

test("a trajectory run backwards comes home, off the walls of an interval and round a circle as well", async () => {
  const space = toySpace(["interval", "circle", "line"], (x, k) =>
    k === 1 ? [Math.cos(2 * Math.PI * x), -2 * Math.PI * Math.sin(2 * Math.PI * x)] : harmonic(0.4, 1)(x),
  );
  const n = 20;
  const start = await placeWalkers(space, normals(3 * n, 1).map((z) => 0.5 + 0.1 * z)); // prettier-ignore
  const momentum = normals(3 * n, 2);
  const moves = motion(n, 3, 1, 0.05);
  const there = await integrate(space, start, momentum, moves, 60);
  assert.ok(largest(there.walkers.x, start.x) > 0.5);
  const home = await integrate(space, there.walkers, reversed(there.momentum), moves, 60);
  assert.ok(largest(home.walkers.x, start.x) < TOLERANCE.f64);
  assert.ok(largest(reversed(home.momentum), momentum) < TOLERANCE.f64);
});

test("so does one of a molecule", async () => {
  const molecule = loadSystem("aldp");
  const target = createTarget(molecule, { threads: 0 });
  const space = internalSpace(target);
  const x = await relax(space, basinStarts(target, molecule, 1, 1), { temperature: 300, iterations: 100, scale: 0.03 });
  const start = await placeWalkers(space, x);
  const moves = motion(1, space.dof, 2.5, 0.2, 0.03);
  const there = await integrate(space, start, normals(space.dof, 3), moves, 10);
  const home = await integrate(space, there.walkers, reversed(there.momentum), moves, 10);
  assert.ok(largest(there.walkers.x, start.x) > 0.01);
  assert.ok(largest(home.walkers.x, start.x) < TOLERANCE.f64);
});

test("the error of the energy falls as the square of the step", async () => {
  const space = toySpace(["line", "line"], doubleWell(1, 0.3));
  const start = await placeWalkers(space, Float64Array.of(0.3, -0.8));
  const momentum = Float64Array.of(0.7, -0.4);
  const kT = Float64Array.of(0.8);
  const error = async (steps: number): Promise<number> => {
    const end = await integrate(space, start, momentum, motion(1, 2, 0.8, 1 / steps), steps);
    return Math.abs(hamiltonian(end.walkers, end.momentum, kT)[0]! - hamiltonian(start, momentum, kT)[0]!);
  };
  const order = Math.log2((await error(64)) / (await error(128)));
  assert.ok(Math.abs(order - 2) < 0.05, `order ${order}`);
});

test("one step is what the formulas say", async () => {
  // U = x^2 / 2 sigma^2, sigma = 2, kT = 3, scale s = 0.5, step h = 0.4: p' = p - h/2 s x / (sigma^2 kT), x' = x + h s p', and again.
  const space = toySpace(["line"], harmonic(0, 2));
  const start = await placeWalkers(space, Float64Array.of(1.5));
  const end = await integrate(space, start, Float64Array.of(0.9), motion(1, 1, 3, 0.4, 0.5), 1);
  const half = 0.9 - (0.2 * 0.5 * 1.5) / 12;
  const x = 1.5 + 0.4 * 0.5 * half;
  assert.ok(Math.abs(end.walkers.x[0]! - x) < 1e-15);
  assert.ok(Math.abs(end.momentum[0]! - (half - (0.2 * 0.5 * x) / 12)) < 1e-15);
});

test("a step costs one evaluation per walker, and the start is not written to", async () => {
  const space = toySpace(["line"], harmonic(0, 1));
  const start = await placeWalkers(space, Float64Array.of(0.5, 0.6));
  const before = structuredClone(start);
  await integrate(space, start, Float64Array.of(1, 2), motion(2, 1, 1, 0.1), 7);
  assert.equal(space.evaluations, 2 + 2 * 7);
  assert.deepEqual(start, before);
});
