import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { createCmapTerm } from "../../src/physics/cmap";
import { xmlOf } from "../molecules/fixtures";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, edited } from "./shipped";

const SIZE = 12;
const rng = createRng(1);
const random = Array.from({ length: SIZE * SIZE }, () => 5 * rng.normal());
const termOf = (energy: readonly number[], size = SIZE) =>
  createCmapTerm({
    type: "cmap",
    maps: [{ size, energy }],
    torsions: [{ map: 0, phi: [0, 1, 2, 3], psi: [1, 2, 3, 4] }],
  });

/** Atoms 0 ... 4 along a chain with these two dihedrals and right angles. */
function chain(phi: number, psi: number): Float64Array {
  const third = [0.1 * Math.cos(phi), 0.1 * Math.sin(phi), 0.15];
  // The second dihedral turns the last bond about the bond 2-3, from the direction of the bond 1-2 seen back.
  const back = [0, 0, -1];
  const side = [-Math.sin(phi), Math.cos(phi), 0];
  const last = [0, 1, 2].map((k) => third[k]! + 0.1 * (Math.cos(psi) * back[k]! + Math.sin(psi) * side[k]!));
  return Float64Array.from([0.1, 0, 0, 0, 0, 0, 0, 0, 0.15, ...third, ...last]);
}

const turn = (k: number): number => (2 * Math.PI * k) / SIZE;

test("at its grid points a map has the energies given, phi fastest, from 0 round to 0", () => {
  const term = termOf(random);
  for (let i = -SIZE / 2; i <= SIZE / 2; i++) {
    for (const j of [-5, 0, 3]) {
      const column = (i + SIZE) % SIZE;
      const expected = random[column + SIZE * ((j + SIZE) % SIZE)]!;
      const got = term.evaluate(chain(turn(i), turn(j)), null);
      assert.ok(Math.abs(got - expected) <= TOLERANCE.f64 * 10, `at ${i}, ${j}: ${got}, expected ${expected}`);
    }
  }
});

test("between them it follows a smooth function to the fourth power of the spacing", () => {
  const size = 24;
  const smooth = (phi: number, psi: number): number => Math.cos(phi - 0.3) + 0.5 * Math.sin(2 * psi + phi);
  const grid = Array.from({ length: size * size }, (_, k) =>
    smooth((2 * Math.PI * (k % size)) / size, (2 * Math.PI * Math.floor(k / size)) / size),
  );
  const term = termOf(grid, size);
  for (const [phi, psi] of [
    [0.4, 1.1],
    [-2.2, 0.01],
    [3.1, -3.1],
    [-0.01, 2],
  ] as const) {
    // prettier-ignore
    const error = Math.abs(term.evaluate(chain(phi, psi), null) - smooth(phi, psi));
    assert.ok(error < 2 * (2 * Math.PI / size) ** 4 * 0.1, `at ${phi}, ${psi}: ${error}`); // prettier-ignore
  }
});

test("its gradient is the derivative, and is continuous where cells meet", () => {
  const term = termOf(random);
  for (const seed of [1, 2, 3]) assertGradient(term, cloud(5, 0.1, seed), `seed ${seed}`);
  const gradient = (phi: number, psi: number): Float64Array => {
    const into = new Float64Array(15);
    term.evaluate(chain(phi, psi), into);
    return into;
  };
  for (const [phi, psi] of [
    [turn(2), 0.3],
    [0.3, turn(-1)],
    [0, 0],
    [Math.PI, 0.1],
  ] as const) {
    // prettier-ignore
    const [before, after] = [gradient(phi - 1e-9, psi - 1e-9), gradient(phi + 1e-9, psi + 1e-9)];
    const size = Math.max(...after.map(Math.abs));
    before.forEach((value, k) => assert.ok(Math.abs(value - after[k]!) < 1e-6 * size));
  }
});

test("what a CMAPTorsionForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(edited(xmlOf("ala3-charmm"), from, to), 'CMAPTorsionForce "CMAPTorsionForce"', ...parts);
  refused('<Map size="24">', '<Map size="23">', "Map 0: invalid size", "got 23, and 576 energies");
  refused('map="0"', 'map="1"', "Torsion 0: invalid map", "index below 1");
  refused('map="0"', 'map="length"', "Torsion 0: invalid map");
  refused(/ b4="[^"]*"/, ' b4="999"', "Torsion 0: invalid atoms", "999");
});
