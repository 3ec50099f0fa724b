import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createEnergy } from "../../src/physics/energy";
import { relativeDistance } from "../coords/compare";
import { SIMULATED, SYSTEMS } from "../coords/reference";
import { TOLERANCE } from "../tolerances";
import { assertGradient, dot, jittered, rotated } from "./geometry";
import { fixtureRows, shippedEnergy, shippedSystem } from "./shipped";

/** OpenMM's force groups, and the terms here that make up each. */
const GROUPS = {
  HarmonicBondForce: ["bond"],
  HarmonicAngleForce: ["angle"],
  PeriodicTorsionForce: ["torsion"],
  NonbondedForce: ["nonbonded"],
  GBSA: ["generalized Born", "surface area"],
};

function assertEnergy(actual: number, expected: number, what: string): void {
  const scale = Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= TOLERANCE.energy * scale, `${what}: ${actual}, by OpenMM ${expected}`);
}

for (const name of SYSTEMS) {
  const energy = shippedEnergy(name);
  const frames = fixtureRows(name, "xyz_nm");
  const gradient = new Float64Array(3 * energy.atoms);

  test(`${name}: every term agrees with OpenMM for every conformation, clashing ones included`, () => {
    for (const [group, names] of Object.entries(GROUPS)) {
      const expected = fixtureRows(name, `energy_${group}_kj_mol`);
      const terms = energy.terms.filter((term) => names.includes(term.name));
      assert.equal(terms.length, names.length);
      frames.forEach((xyz, k) => {
        const sum = terms.reduce((total, term) => total + term.evaluate(xyz, null), 0);
        assertEnergy(sum, expected[k]![0]!, `${group} of conformation ${k}`);
      });
    }
  });

  test(`${name}: total energy and forces agree with OpenMM for every conformation, clashing ones included`, () => {
    const expected = fixtureRows(name, "energy_kj_mol");
    const forces = fixtureRows(name, "forces_kj_mol_nm");
    frames.forEach((xyz, k) => {
      assertEnergy(energy.evaluate(xyz, gradient), expected[k]![0]!, `conformation ${k}`);
      const error = relativeDistance(
        gradient.map((value) => -value),
        forces[k]!,
      );
      assert.ok(error <= TOLERANCE.force, `forces of conformation ${k} differ by ${error}`);
    });
  });

  test(`${name}: the total is the sum of its terms, and the same with and without a gradient`, () => {
    const sumOfGradients = new Float64Array(gradient.length);
    for (const xyz of [frames[0]!, frames[SIMULATED - 1]!, frames.at(-1)!]) {
      sumOfGradients.fill(0);
      const sum = energy.terms.reduce((total, term) => total + term.evaluate(xyz, sumOfGradients), 0);
      const total = energy.evaluate(xyz, gradient);
      assert.equal(energy.evaluate(xyz, null), total);
      assert.ok(Math.abs(sum - total) <= TOLERANCE.f64 * Math.abs(total));
      assert.ok(relativeDistance(sumOfGradients, gradient) <= TOLERANCE.f64);
    }
  });

  test(`${name}: every term's gradient is its derivative`, () => {
    for (const seed of [1, 2]) {
      const xyz = jittered(frames[seed]!, 0.003, seed);
      for (const term of energy.terms) assertGradient(term, xyz, `${term.name}, seed ${seed}`);
    }
  });

  test(`${name}: moving and turning the molecule leaves energies alone and turns gradients`, () => {
    const rng = createRng(3);
    const turned = new Float64Array(gradient.length);
    for (const xyz of frames.slice(0, 3)) {
      const turn = rotated(rng);
      const shift = [rng.normal(), rng.normal(), rng.normal()];
      const moved = turn(xyz).map((value, k) => value + shift[k % 3]!);
      for (const term of energy.terms) {
        const before = term.evaluate(xyz, gradient.fill(0));
        const after = term.evaluate(moved, turned.fill(0));
        assert.ok(Math.abs(after - before) <= TOLERANCE.energy * Math.max(1, Math.abs(before)), term.name);
        assert.ok(relativeDistance(turned, turn(gradient)) <= TOLERANCE.force, term.name);
      }
    }
  });

  test(`${name}: no force and no torque acts on the molecule as a whole`, () => {
    const xyz = frames[0]!;
    energy.evaluate(xyz, gradient);
    const size = Math.sqrt(dot(gradient, gradient));
    for (const axis of [0, 1, 2]) {
      const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
      let force = 0;
      let torque = 0;
      for (let atom = 0; atom < gradient.length; atom += 3) {
        force += gradient[atom + axis]!;
        torque += xyz[atom + a]! * gradient[atom + b]! - xyz[atom + b]! * gradient[atom + a]!;
      }
      assert.ok(Math.abs(force) <= TOLERANCE.f64 * size, `force ${force} along axis ${axis}`);
      assert.ok(Math.abs(torque) <= TOLERANCE.f64 * size, `torque ${torque} about axis ${axis}`);
    }
  });

  test(`${name}: no geometry makes it throw, and what is no structure has no finite energy`, () => {
    const together = frames[0]!.slice();
    together.copyWithin(3 * 5, 0, 3); // atoms 0 and 5 in one place
    const bad: Record<string, Float64Array> = {
      "two atoms in one place": together,
      "all atoms in one place": new Float64Array(gradient.length),
      NaN: frames[0]!.map((value, k) => (k === 4 ? NaN : value)),
      infinite: frames[0]!.map((value, k) => (k === 4 ? Infinity : value)),
    };
    for (const [what, xyz] of Object.entries(bad)) {
      for (const term of energy.terms) assert.equal(typeof term.evaluate(xyz, gradient), "number");
      assert.ok(!Number.isFinite(energy.evaluate(xyz, gradient)), what);
      assert.ok(!Number.isFinite(energy.evaluate(xyz, null)), what);
    }
    const line = Float64Array.from(gradient, (_, k) => (k % 3 === 0 ? 0.1 * k : 0));
    assert.ok(Number.isFinite(energy.evaluate(line, gradient)));
    assert.ok(gradient.every(Number.isFinite));
  });

  test(`${name}: a bad conformation leaves no trace in the next`, () => {
    const before = energy.evaluate(frames[0]!, gradient);
    const gradientBefore = gradient.slice();
    energy.evaluate(new Float64Array(gradient.length).fill(NaN), gradient);
    assert.equal(energy.evaluate(frames[0]!, gradient), before);
    assert.deepEqual(gradient, gradientBefore);
  });
}

test("a system without forces has energy zero and no terms", () => {
  const energy = createEnergy({ ...shippedSystem("aldp"), forces: [] });
  const gradient = new Float64Array(66).fill(1);
  assert.equal(energy.evaluate(new Float64Array(66), gradient), 0);
  assert.deepEqual(gradient, new Float64Array(66));
  assert.deepEqual(energy.terms, []);
});
