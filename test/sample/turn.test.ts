import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { createRng } from "../../src/numerics/random";
import { initHmc } from "../../src/sample/hmc";
import { moveWithin } from "../../src/sample/space";
import { basinStarts } from "../../src/sample/starts";
import { stepTurn, turnsOf } from "../../src/sample/turn";
import { placeWalkers } from "../../src/sample/walkers";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { assertAgrees, meanOf, quadrature, toySpace } from "./toys";

test("alanine dipeptide turns about seven bonds, both torsions of a peptide bond together", () => {
  // By hand from its Z-matrix: two methyls and C-beta's, two peptide bonds, phi and psi. Column 41 is the first torsion.
  const turns = turnsOf(loadSystem("aldp").coordinates).map((turn) => turn.map((k) => k - 41));
  assert.deepEqual(turns, [[0], [1, 5], [4], [7], [11], [12, 13], [14]]);
});

for (const name of ["aldp", "tetra", "hexa"]) {
  test(`${name}: every turn moves the molecule's ends as rigid bodies`, async () => {
    const molecule = loadSystem(name);
    const { coordinates: spec } = molecule;
    const target = createTarget(molecule, { threads: 0 });
    const coordinates = createCoordinates(spec);
    const x = basinStarts(target, molecule, 1, 1);
    const distances = (at: Float64Array): ((a: number, b: number) => number) => {
      const xyz = new Float64Array(3 * spec.zMatrix.length);
      coordinates.place(at, 0, xyz);
      return (a, b) => Math.hypot(...[0, 1, 2].map((k) => xyz[3 * a + k]! - xyz[3 * b + k]!));
    };
    const before = distances(x);
    for (const turn of turnsOf(spec)) {
      const moved = x.slice();
      for (const k of turn) moved[k] = moveWithin("circle", moved[k]!, 0.29)[0];
      const after = distances(moved);
      // Bonds and angles, as pairs of atoms at most two bonds apart, keep their lengths; something else must not.
      for (const [a, b] of spec.bonds) assert.ok(Math.abs(after(a, b) - before(a, b)) < 1e-12);
      const lists = spec.zMatrix.map((_, atom) => spec.bonds.flatMap(([a, b]) => (a === atom ? [b] : b === atom ? [a] : []))); // prettier-ignore
      for (const around of lists) {
        for (const a of around) for (const b of around) assert.ok(Math.abs(after(a, b) - before(a, b)) < 1e-12);
      }
      const all = spec.zMatrix.flatMap((_, a) => spec.zMatrix.map((__, b) => Math.abs(after(a, b) - before(a, b))));
      assert.ok(Math.max(...all) > 1e-3);
    }
    await target.close();
  });
}

for (const count of [1, 3])
  test(`turns alone, ${count} a step, populate the wells of a torsion as the density says`, async () => {
    // Six points, a third or a half of a turn apart, are all that turns from 0.1 reach: U at those points decides.
    const energy = (x: number): readonly [number, number] => [Math.sin(2 * Math.PI * x) + 0.5 * Math.cos(4 * Math.PI * x), 0]; // prettier-ignore
    const space = toySpace(["circle"], energy, [[0]]);
    const n = 64;
    let state = initHmc(await placeWalkers(space, new Float64Array(n).fill(0.1)), createRng(1).state(), { leapfrogs: 1, jitter: 0 }); // prettier-ignore
    const counts = new Float64Array(n);
    const steps = 2000;
    for (let step = -20; step < steps; step++) {
      [state] = await stepTurn(space, new Float64Array(n).fill(1), state, count);
      if (step < 0) continue;
      state.walkers.x.forEach((x, i) => (counts[i]! += x < 0.5 ? 1 / steps : 0));
    }
    const places = Array.from({ length: 6 }, (_, k) => (0.1 + k / 6) % 1);
    const weight = (x: number): number => Math.exp(-energy(x)[0]);
    const total = places.reduce((sum, x) => sum + weight(x), 0);
    const low = places.filter((x) => x < 0.5).reduce((sum, x) => sum + weight(x), 0);
    assertAgrees(meanOf([...counts]), low / total, "below a half");
    assert.ok(Math.abs(low / total - quadrature(energy, (x) => (x < 0.5 ? 1 : 0), { kT: 1, low: 0, high: 1 })) > 0.001);
  });

test("several turns cost an evaluation each and one at their end, whose forces are those of the place", async () => {
  const space = toySpace(["circle"], (x) => [Math.sin(2 * Math.PI * x), 2 * Math.PI * Math.cos(2 * Math.PI * x)], [
    [0],
  ]);
  const n = 16;
  const start = initHmc(await placeWalkers(space, new Float64Array(n).fill(0.1)), createRng(2).state(), { leapfrogs: 1, jitter: 0 }); // prettier-ignore
  const before = space.evaluations;
  const [{ walkers }, { acceptance }] = await stepTurn(space, new Float64Array(n).fill(1), start, 4);
  assert.equal(space.evaluations - before, 5 * n);
  assert.deepEqual(walkers, await placeWalkers(space, walkers.x));
  assert.ok(walkers.x.some((x) => x !== 0.1));
  assert.ok(acceptance.every((share) => share > 0 && share <= 1));
});
