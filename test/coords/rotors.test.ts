import assert from "node:assert/strict";
import { test } from "node:test";
import { convertFrames } from "../../src/coords/convert";
import { createCoordinates } from "../../src/coords/coordinates";
import { findRotors, foldRotors } from "../../src/coords/rotors";
import { loadGroundTruth } from "../../src/sample/store";
import { importFrames } from "../../src/target/import-frames";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { assertDerivatives } from "./derivatives";
import { assertRoundTrip, uniformX } from "./round-trip";

const ROTORS = { aldp: 3, tetra: 5, hexa: 7 } as const;

for (const [name, count] of Object.entries(ROTORS)) {
  const molecule = loadSystem(name);
  const { topology, coordinates: free } = molecule;
  const spec = foldRotors(topology, free);
  const folded = { ...molecule, coordinates: spec };
  const coordinates = createCoordinates(spec);
  const { dof } = coordinates;
  const xyz = new Float64Array(3 * topology.atoms.length);

  test(`${name}: its methyl groups are rotors, of one carbon's hydrogens each`, () => {
    const rotors = findRotors(topology, free);
    assert.equal(rotors.length, count);
    for (const { torsion, second, third } of rotors) {
      const rows = [torsion, second, third].map((k) => free.torsions[k]!);
      assert.equal(new Set(rows.map(([, carbon]) => carbon)).size, 1);
      assert.ok(rows.every(([atom]) => topology.atoms[atom]!.element === "H"));
      assert.ok(rows.slice(1).every((row) => row[3] === rows[0]![0]));
    }
  });

  test(`${name}: folded coordinates come back, with log-dets that cancel but for the arrangements, and right gradients`, () => {
    assertRoundTrip(coordinates, xyz);
    assertDerivatives(coordinates, uniformX(coordinates, 99), topology.atoms.length);
  });

  test(`${name}: every simulated structure has one place in them, of the same energy and log-det, whatever its hydrogens are called`, async () => {
    const frames = 200;
    const { x: all, n } = loadGroundTruth(name, { temperature: 1200 });
    const stride = Math.floor(n / frames);
    const x = new Float32Array(frames * dof);
    for (let k = 0; k < frames; k++) x.set(all.subarray(k * stride * dof, (k * stride + 1) * dof), k * dof);
    const made = convertFrames(spec, x);
    assert.ok(made.every((value) => value >= 0 && value <= 1));
    const targets = [createTarget(molecule, { threads: 0 }), createTarget(folded, { threads: 0 })] as const;
    const [was, is] = [await targets[0].energies(x, frames), await targets[1].energies(made, frames)];
    for (let k = 0; k < frames; k++) {
      // x is f32.
      assert.ok(Math.abs(was.energy[k]! - is.energy[k]!) < 2e-2, `energy ${was.energy[k]}, ${is.energy[k]}`);
      assert.ok(Math.abs(was.logDet[k]! - is.logDet[k]!) < 1e-5, `log-det ${was.logDet[k]}, ${is.logDet[k]}`);
    }
    // The same by way of Cartesian coordinates, with the hydrogens of every rotor named one further.
    const placed = createCoordinates(free);
    const atoms = topology.atoms.length;
    const data = new Float64Array(frames * 3 * atoms);
    for (let k = 0; k < frames; k++) {
      placed.place(x, k * dof, xyz);
      for (const { torsion, second, third } of spec.rotors!) {
        const [a, b, c] = [torsion, second, third].map((t) => 3 * spec.torsions[t]![0]);
        const first = xyz.slice(a, a! + 3);
        xyz.copyWithin(a!, b!, b! + 3);
        xyz.copyWithin(b!, c!, c! + 3);
        xyz.set(first, c);
      }
      data.set(xyz, k * 3 * atoms);
    }
    const { x: imported, report } = importFrames(folded, { shape: [frames, atoms, 3], data });
    assert.equal(report.kept, frames);
    assert.ok(report.exchanged > 0);
    let furthest = 0;
    imported.forEach((value, k) => {
      const apart = Math.abs(value - made[k]!);
      furthest = Math.max(furthest, Math.min(apart, 1 - apart));
    });
    assert.ok(furthest < 1e-5, `${furthest}`);
  });
}
