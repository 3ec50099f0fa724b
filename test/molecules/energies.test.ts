import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnergy } from "../../src/physics/energy";
import { relativeDistance } from "../coords/compare";
import { assertGradient, jittered } from "../physics/geometry";
import { TOLERANCE } from "../tolerances";
import { MOLECULES, referenceOf, systemOf } from "./fixtures";

for (const molecule of MOLECULES) {
  const system = systemOf(molecule);
  const reference = referenceOf(molecule);
  const energy = createEnergy(system);

  test(`${molecule}: every force's energy agrees with OpenMM, in clashing conformations too`, () => {
    system.forces.forEach((force, k) => {
      const alone = createEnergy({ ...system, forces: [force] });
      reference.forEach(({ xyz, byForce }, frame) => {
        const expected = byForce[k]!;
        const error = Math.abs(alone.evaluate(xyz, null) - expected) / Math.max(1, Math.abs(expected));
        assert.ok(error <= TOLERANCE.energy, `${force.type} of frame ${frame} is off by ${error}`);
      });
    });
  });

  test(`${molecule}: forces agree with OpenMM, alone and two conformations together`, () => {
    reference.forEach(({ xyz, byForce, forces }, frame) => {
      const total = byForce.reduce((sum, part) => sum + part, 0);
      const gradients = [new Float64Array(xyz.length).fill(1), new Float64Array(xyz.length).fill(2)];
      const energies = new Float64Array(2);
      energy.evaluateTogether([xyz, reference[0]!.xyz], gradients, energies);
      assert.ok(Math.abs(energies[0]! - total) <= TOLERANCE.energy * Math.max(1, Math.abs(total)));
      const error = relativeDistance(gradients[0]!.map((value) => -value), forces); // prettier-ignore
      assert.ok(error <= TOLERANCE.force, `forces of frame ${frame} differ by ${error}`);
      const alone = new Float64Array(xyz.length);
      assert.equal(energy.evaluate(xyz, alone), energies[0]);
      assert.deepEqual(alone, gradients[0]);
      assert.equal(energy.evaluate(xyz, null), energies[0]);
    });
  });

  test(`${molecule}: every term's gradient is its derivative, and nothing makes it throw`, () => {
    const xyz = jittered(reference[1]!.xyz, 0.002, 1);
    for (const term of energy.terms) assertGradient(term, xyz, term.name);
    const broken = xyz.map((value, k) => (k === 4 ? NaN : value));
    for (const term of energy.terms) assert.equal(typeof term.evaluate(broken, xyz.slice()), "number");
    assert.ok(!Number.isFinite(energy.evaluate(broken, null)));
  });
}
