import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { confineImpropers } from "../../src/coords/impropers";
import { foldRotors } from "../../src/coords/rotors";
import { dihedrals, torsionColumn } from "../../src/evaluate/ramachandran";
import { internalSpace } from "../../src/sample/space";
import { basinStarts, minimumStructure, relax } from "../../src/sample/starts";
import { placeWalkers } from "../../src/sample/walkers";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";

for (const name of ["aldp", "tetra", "hexa"]) {
  test(`${name}: runs start relaxed, each in a basin of its own`, async () => {
    const molecule = loadSystem(name);
    const target = createTarget(molecule, { threads: 0 });
    const space = internalSpace(target);
    const runs = 6;
    const relaxed = await relax(space, basinStarts(target, molecule, runs, 1), { temperature: 300, iterations: 200, scale: 0.03 }); // prettier-ignore
    const { energy, x } = await placeWalkers(space, relaxed);
    const minimum = { aldp: -173.2, tetra: -126.3, hexa: -87.9 }[name]!;
    for (const value of energy) assert.ok(Math.abs(value - minimum) < 60, `${value} kJ/mol`);
    const columns = molecule.ramachandran[0]!.map((k) => torsionColumn(target.channels, k)) as [number, number];
    const { phi, psi } = dihedrals(x, target.dof, columns);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < a; b++) {
        const apart = Math.hypot(phi[a]! - phi[b]!, psi[a]! - psi[b]!);
        assert.ok(apart > 0.4, `runs ${a} and ${b} are ${apart} rad apart`);
      }
    }
    assert.ok(phi[2]! > 0);
    await target.close();
  });
}

test("relaxing never raises the energy, and leaves a minimum where it is", async () => {
  const molecule = loadSystem("aldp");
  const target = createTarget(molecule, { threads: 0 });
  const space = internalSpace(target);
  const options = { temperature: 1, scale: 0.03 }; // at 1 K the log-det hardly moves the minimum
  const minimum = Float64Array.from({ length: target.dof }, (_, k) => 0.5 + 0.01 * Math.sin(k));
  for (let k = 41; k < target.dof; k++) minimum[k] = basinStarts(target, molecule, 1, 1)[k]!;
  let last = (await placeWalkers(space, minimum)).energy[0]!;
  for (const iterations of [10, 100]) {
    const energy = (await placeWalkers(space, await relax(space, minimum, { ...options, iterations }))).energy[0]!;
    assert.ok(energy < last);
    last = energy;
  }
  await target.close();
});

test("the minimum is where it was in coordinates that are folded and confined", () => {
  for (const name of ["aldp", "tetra", "hexa"]) {
    const { topology, coordinates: shipped } = loadSystem(name);
    const xyz = [shipped, confineImpropers(topology, foldRotors(topology, shipped))].map((spec) => {
      const placed = new Float64Array(3 * topology.atoms.length);
      createCoordinates(spec).place(minimumStructure(spec), 0, placed);
      return placed;
    });
    xyz[0]!.forEach((value, k) => assert.ok(Math.abs(value - xyz[1]![k]!) < 1e-9, `${name}: ${k}`));
  }
});
