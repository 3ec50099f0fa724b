import assert from "node:assert/strict";
import { test } from "node:test";
import { createTorsionTerm, type TorsionData } from "../../src/physics/torsion";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, editedForce } from "./shipped";

type Torsion = TorsionData["torsions"][number];
const torsion = (periodicity: number, phase = 0, barrier = 3, atoms: Torsion["atoms"] = [0, 1, 2, 3]): Torsion => ({
  atoms,
  periodicity,
  phase,
  barrier,
});
const termOf = (...torsions: Torsion[]) => createTorsionTerm({ type: "torsion", torsions });
/** Atoms 0-1-2-3 with that dihedral angle by the IUPAC convention: looking along 1-2, clockwise from 0 to 3 is positive. */
const twisted = (phi: number): Float64Array =>
  Float64Array.of(0.1, 0, 0, 0, 0, 0, 0, 0, 0.15, 0.1 * Math.cos(phi), 0.1 * Math.sin(phi), 0.2);
const ANGLES = [-3.1, -2, -Math.PI / 2, -0.3, 0, 0.7, 1.9, Math.PI];

test("a torsion costs k (1 + cos(n phi - phi0)), for every multiplicity and phase", () => {
  for (const periodicity of [1, 2, 3, 4, 5, 6]) {
    for (const phase of [0, Math.PI, 0.4]) {
      for (const phi of ANGLES) {
        const expected = 3 * (1 + Math.cos(periodicity * phi - phase));
        const energy = termOf(torsion(periodicity, phase)).evaluate(twisted(phi), null);
        assert.ok(Math.abs(energy - expected) <= TOLERANCE.f64, `n ${periodicity}, phase ${phase}, phi ${phi}`);
      }
    }
  }
});

test("torsions on the same four atoms add up, in either direction of writing them", () => {
  const parts = [torsion(1, 0.2, 2), torsion(3, 0, -1), torsion(3, 1, 0.5), torsion(2, 2, 4, [3, 2, 1, 0])];
  const sum = parts.reduce((total, part) => total + termOf(part).evaluate(twisted(0.7), null), 0);
  assert.ok(Math.abs(termOf(...parts).evaluate(twisted(0.7), null) - sum) <= TOLERANCE.f64);
});

test("torsions without a barrier are left out, and no torsions cost nothing", () => {
  const gradient = new Float64Array(12);
  assert.equal(termOf(torsion(2, 0, 0)).evaluate(twisted(1), gradient), 0);
  assert.equal(termOf().evaluate(twisted(1), gradient), 0);
  assert.deepEqual(gradient, new Float64Array(12));
});

test("the gradient of proper and improper torsions is the derivative", () => {
  const term = termOf(torsion(1), torsion(6, 1), torsion(2, Math.PI, 10, [0, 2, 1, 3]), torsion(3, 0, 1, [4, 1, 2, 0]));
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(5, 0.1, seed), `seed ${seed}`);
});

test("three atoms in line count as phi = 0 and have no direction to twist in", () => {
  const gradient = new Float64Array(12);
  const inLine = Float64Array.of(0, 0, 0, 0.1, 0, 0, 0.2, 0, 0, 0.2, 0.1, 0);
  assert.ok(Math.abs(termOf(torsion(1, 0.5)).evaluate(inLine, gradient) - 3 * (1 + Math.cos(0.5))) <= TOLERANCE.f64);
  assert.deepEqual(gradient, new Float64Array(12));
});

test("what a PeriodicTorsionForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(
      editedForce("tetra", "PeriodicTorsionForce", from, to),
      'PeriodicTorsionForce "PeriodicTorsionForce" (force 1)',
      ...parts,
    );
  refused('usesPeriodic="0"', 'usesPeriodic="1"', 'usesPeriodic="1"', "periodic image");
  refused('version="2"', 'version="3"', 'version="3"');
  refused('periodicity="2"', 'periodicity="0"', "Torsion 0: invalid periodicity", "got 0");
  refused('periodicity="2"', 'periodicity="1.5"', "Torsion 0: invalid periodicity", "got 1.5");
  refused('p4="7"', 'p4="0"', "Torsion 0: invalid atoms", "0, 4, 6, 0", "distinct");
});
