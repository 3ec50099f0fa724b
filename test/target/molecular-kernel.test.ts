import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { createPoint } from "../../src/target/kernel";
import { createMolecularKernel } from "../../src/target/molecular-kernel";
import { loadSystem } from "../../src/target/molecule";
import { differences, relativeDistance } from "../coords/compare";
import { loadReference, SIMULATED, SYSTEMS } from "../coords/reference";
import { TOLERANCE } from "../tolerances";

for (const name of SYSTEMS) {
  const molecule = loadSystem(name);
  const coordinates = createCoordinates(molecule.coordinates);
  const kernel = createMolecularKernel(molecule);
  const { dof } = kernel;
  const point = createPoint(dof);
  const { conformations } = loadReference(name);
  const xyz = new Float64Array(3 * molecule.system.atoms);
  const scaled = (structure: Float64Array): Float64Array => {
    const x = new Float64Array(dof);
    coordinates.toScaled(structure, x);
    return x;
  };
  // Energies and forces by OpenMM's Reference platform in double precision.
  const fixture = (file: string): Float64Array =>
    readNpyFloat64(path.join(projectRoot(), "test", "fixtures", name, `${file}.npy`)).data;

  test(`${name}: energy and gradient of simulated structures agree with central differences`, () => {
    for (const k of [0, 24, 47]) {
      const x = scaled(conformations[k]!.xyz);
      const numeric = differences((moved) => {
        kernel.evaluate(moved, 0, [point], false);
        return [point.energy, point.logDet];
      }, x, 1e-5); // prettier-ignore
      kernel.evaluate(x, 0, [point], true);
      assert.ok(relativeDistance(point.energyGradient, numeric.map((row) => row[0]!)) < TOLERANCE.difference); // prettier-ignore
      assert.ok(relativeDistance(point.logDetGradient, numeric.map((row) => row[1]!)) < TOLERANCE.difference); // prettier-ignore
    }
  });

  test(`${name}: the gradient of clashing structures is OpenMM's forces carried through the placement`, () => {
    const forces = fixture("forces_kj_mol_nm");
    for (let k = SIMULATED; k < conformations.length; k++) {
      const x = scaled(conformations[k]!.xyz);
      const jacobian = differences((moved) => {
        coordinates.place(moved, 0, xyz);
        return xyz;
      }, x);
      const carried = jacobian.map((row) =>
        row.reduce((sum, value, i) => sum - value * forces[k * xyz.length + i]!, 0),
      );
      kernel.evaluate(x, 0, [point], true);
      assert.ok(relativeDistance(point.energyGradient, carried) < TOLERANCE.difference, `conformation ${k}`);
    }
  });

  test(`${name}: the energy of every structure comes back through its x`, () => {
    const energies = fixture("energy_kj_mol");
    // A simulation holds constrained bonds to 1e-6 of their length only; in x they have it exactly.
    const tolerance = molecule.system.constraints.length > 0 ? 1e-4 : TOLERANCE.energy;
    conformations.forEach(({ xyz: structure }, k) => {
      kernel.evaluate(scaled(structure), 0, [point], false);
      const scale = Math.max(1, Math.abs(energies[k]!));
      assert.ok(Math.abs(point.energy - energies[k]!) / scale < tolerance, `conformation ${k}`);
    });
  });

  test(`${name}: energy and log-det are the same bits with and without gradient`, () => {
    const x = scaled(conformations[5]!.xyz);
    const alone = createPoint(dof);
    kernel.evaluate(x, 0, [alone], false);
    kernel.evaluate(x, 0, [point], true);
    assert.deepEqual([alone.energy, alone.logDet], [point.energy, point.logDet]);
  });
}
