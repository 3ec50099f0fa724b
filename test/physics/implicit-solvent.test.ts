import assert from "node:assert/strict";
import { test } from "node:test";
import { createSolvent } from "../../src/physics/implicit-solvent";
import { readSystem } from "../../src/physics/system";
import { assertRefused, editedForce, forceOf, shippedSystem } from "./shipped";

test("a GBSAOBCForce is OBC2 with OpenMM's constants", () => {
  const { born, polar, surface } = forceOf(shippedSystem("tetra"), "implicit solvent");
  assert.deepEqual(born.rescaling, [1, 0.8, 4.85]);
  assert.equal(born.engulfing, true);
  assert.deepEqual(born.spheres[0], { inner: 0.19 - 0.009, scaled: (0.19 - 0.009) * 0.72, outer: 0.19 });
  assert.equal(polar.pair, -138.93545764438198 * (1 - 1 / 78.3));
  assert.equal(polar.self, polar.pair / 2);
  assert.equal(polar.charges.length, 42);
  assert.equal(surface?.factor, 4 * Math.PI * 2.25936);
  assert.equal(surface?.probe, 0.14);
});

test("without surface energy there is no surface term", () => {
  const xml = editedForce("tetra", "GBSAOBCForce", 'surfaceAreaEnergy="2.25936"', 'surfaceAreaEnergy="0"');
  const data = forceOf(readSystem(xml), "implicit solvent");
  assert.equal(data.surface, null);
  assert.deepEqual(createSolvent(data).terms.map(({ name }) => name), ["generalized Born"]); // prettier-ignore
});

test("what a GBSAOBCForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(editedForce("tetra", "GBSAOBCForce", from, to), 'GBSAOBCForce "GBSAOBCForce" (force 3)', ...parts);
  refused('method="0"', 'method="1"', "nonbonded method", "CutoffNonPeriodic", "nonbondedMethod=NoCutoff");
  refused('version="2"', 'version="3"', 'version="3"');
  refused(' surfaceAreaEnergy="2.25936"', "", "missing attribute surfaceAreaEnergy");
  refused('solventDielectric="78.3"', 'solventDielectric="water"', "invalid solventDielectric", '"water"');
  refused(
    "</Particles>",
    '<Particle q="0" r=".1" scale="1"/></Particles>',
    "mismatched Particles",
    "got 43",
    "42 atoms",
  );
  refused('r=".19"', 'r=".009"', "Particle 0: invalid radius r less 0.009", "got 0 nm");
});
