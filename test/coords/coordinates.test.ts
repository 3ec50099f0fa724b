import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { distance } from "./compare";
import { assertDerivatives } from "./derivatives";
import { handedness } from "./handedness";
import { loadReference, SIMULATED, SYSTEMS } from "./reference";

for (const system of SYSTEMS) {
  const { spec, plan, conformations } = loadReference(system);
  const coordinates = createCoordinates(spec);
  const { dof } = coordinates;
  const xyz = new Float64Array(3 * plan.atoms);
  const uniform = (seed: number): Float64Array => {
    const rng = createRng(seed);
    return Float64Array.from({ length: dof }, () => rng.uniform());
  };

  test(`${system}: x -> Cartesian -> x is the identity and the log-dets cancel`, () => {
    for (let seed = 0; seed < 50; seed++) {
      const x = uniform(seed);
      const back = new Float64Array(dof);
      const sum = coordinates.place(x, 0, xyz) + coordinates.toScaled(xyz, back);
      assert.ok(Math.abs(sum) < TOLERANCE.f64, `seed ${seed}`);
      assert.ok(distance(back, x) < TOLERANCE.f64, `seed ${seed}`);
    }
  });

  test(`${system}: simulated structures are inside [0, 1]; they and the clashing ones come back`, () => {
    // Constrained bonds come back at their length, from which the simulation strays by its tolerance.
    const tolerance = spec.constrained.length > 0 ? 1e-6 : TOLERANCE.coordinate;
    conformations.forEach(({ xyz: structure, fixedFrame }, k) => {
      const x = new Float64Array(dof);
      coordinates.toScaled(structure, x);
      assert.ok(k >= SIMULATED || x.every((value) => value > 0 && value < 1));
      coordinates.place(x, 0, xyz);
      assert.ok(distance(xyz, fixedFrame) < tolerance);
    });
  });

  test(`${system}: a point of a batch gives the bits it gives alone`, () => {
    const batch = Float32Array.from([...uniform(1), ...uniform(2), ...uniform(3)]);
    const alone = new Float64Array(xyz.length);
    const logDet = coordinates.place(batch, dof, xyz);
    assert.equal(coordinates.place(batch.slice(dof, 2 * dof), 0, alone), logDet);
    assert.deepEqual(alone, xyz);
  });

  test(`${system}: pullback and log-det gradient agree with central differences`, () => {
    assertDerivatives(coordinates, uniform(4), plan.atoms);
  });

  test(`${system}: no x gives a mirror image or exchanged hydrogens`, () => {
    const atMinimum = new Float64Array(dof);
    coordinates.toScaled(conformations[0]!.xyz, atMinimum);
    coordinates.place(atMinimum, 0, xyz);
    const confined = [...spec.chiral, ...spec.upperHalf, ...spec.lowerHalf].map((k) => spec.torsions[k]!);
    const expected = confined.map((row) => handedness(xyz, row));
    for (let seed = 0; seed < 200; seed++) {
      coordinates.place(Float32Array.from(uniform(seed)), 0, xyz);
      assert.deepEqual(confined.map((row) => handedness(xyz, row)), expected, `seed ${seed}`); // prettier-ignore
    }
  });

  test(`${system}: a mirror image lies outside [0, 1]`, () => {
    const x = new Float64Array(dof);
    coordinates.toScaled(conformations[0]!.xyz.map((value, i) => (i % 3 === 0 ? -value : value)), x); // prettier-ignore
    assert.ok(x.some((value) => value < 0 || value > 1));
  });
}

test("numbers that are not finite go through without an exception and leave no log-det", () => {
  const { spec, plan } = loadReference("aldp");
  const coordinates = createCoordinates(spec);
  const xyz = new Float64Array(3 * plan.atoms);
  for (const value of [NaN, Infinity, -Infinity, 1e30]) {
    const x = new Float64Array(coordinates.dof).fill(0.5);
    x[3] = x[25] = value;
    const logDet = coordinates.place(x, 0, xyz);
    assert.ok(!Number.isFinite(logDet), `x = ${value} gave ${logDet}`);
  }
});
