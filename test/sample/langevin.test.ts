import assert from "node:assert/strict";
import { test } from "node:test";
import { initLangevin, stepLangevin } from "../../src/sample/langevin";
import { runLangevin } from "../../src/sample/langevin-run";
import { createObservables, observeFrames } from "../../src/sample/observables";
import { minimumStructure } from "../../src/sample/starts";
import { createCoordinates } from "../../src/coords/coordinates";
import { createEnergy } from "../../src/physics/energy";
import { loadSystem } from "../../src/target/molecule";
import { assertAgrees, harmonic, meanOf, toySpace } from "./toys";

const aldp = loadSystem("aldp");

test("positions in a harmonic well have the exact variance at a large time step, as BAOAB's do", async () => {
  const sigma = 0.5;
  const space = toySpace(["line"], harmonic(0, sigma));
  // U = x^2 / (2 sigma^2) at kT = 1 and mass 1: omega = 1 / sigma = 2, so omega * dt = 1. Velocity Verlet would be a third too wide.
  const options = { temperature: 1, timestep: 0.5, friction: 1 };
  const masses = Float64Array.of(1);
  const walkers = 64;
  let state = await initLangevin(space, masses, options, new Float64Array(walkers), 5);
  const squares = new Float64Array(walkers);
  const steps = 4000;
  for (let step = 0; step < 100 + steps; step++) {
    state = await stepLangevin(space, masses, options, state);
    if (step >= 100) state.walkers.x.forEach((x, i) => (squares[i]! += x ** 2 / steps));
  }
  const mean = meanOf([...squares]);
  assert.ok(mean.error < 0.005, `error ${mean.error}`);
  assertAgrees(mean, sigma ** 2, "variance");
});

test("observables of a structure are its conformation and its energy, term by term", () => {
  const { names, observe, observeScaled } = createObservables(aldp);
  const coordinates = createCoordinates(aldp.coordinates);
  const x = minimumStructure(aldp.coordinates);
  const xyz = new Float64Array(3 * aldp.system.atoms);
  coordinates.place(x, 0, xyz);
  const values = observe(xyz);
  assert.deepEqual(names.slice(0, 3), ["beta", "alpha R", "alpha L"]);
  assert.deepEqual(values.slice(0, 3), [1, 0, 0]); // phi -80, psi 80 degrees or so: where ff96 has its minimum
  const total = createEnergy(aldp.system).evaluate(xyz, null);
  const sum = values.slice(3).reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - total) < 1e-9 * Math.abs(total));
  observeScaled(x).forEach((value, k) => assert.ok(Math.abs(value - values[k]!) < 1e-6));
  const frames = { n: 4, dof: x.length, x: Float32Array.from({ length: 4 * x.length }, (_, k) => x[k % x.length]!) };
  const means = observeFrames(createObservables(aldp), frames, 2);
  assert.deepEqual(means.slice(0, 3), [1, 0, 0].map((value) => ({ value, error: 0 }))); // prettier-ignore
});

test("a short run of a molecule heats every bond as equipartition wants; bad options are refused", async () => {
  const options = {
    temperature: 300,
    timestep: 0.0005,
    friction: 5,
    replicas: 4,
    nanoseconds: 0.0005,
    warmUp: 0.0005,
    every: 5,
  };
  const { means, evaluations } = await runLangevin("aldp", aldp, options, 1);
  assert.equal(evaluations, 4 * (2000 + 1));
  // 21 stretched bonds, half a kT each: 26 kJ/mol at 300 K, and anharmonic couplings of a few percent.
  const bond = means["bond energy"]!.value;
  assert.ok(bond > 18 && bond < 36, `bond energy ${bond}`);
  await assert.rejects(runLangevin("aldp", aldp, { ...options, timestep: 0 }, 1), /initLangevin: invalid options \(got 300 K, 0 ps/); // prettier-ignore
  await assert.rejects(runLangevin("tetra", loadSystem("tetra"), options, 1), /got 22 constraints in tetra/);
});
