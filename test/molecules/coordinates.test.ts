import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import { internalCoordinates } from "../../src/coords/internal";
import { createPlacement } from "../../src/coords/placement";
import { createScaling } from "../../src/coords/scaling";
import { planPlacement } from "../../src/coords/spec";
import { createRng } from "../../src/numerics/random";
import { createEnergy } from "../../src/physics/energy";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { createModel } from "../../src/train/model";
import { initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";
import { distance } from "../coords/compare";
import { handedness } from "../coords/handedness";
import { numericLogDet } from "../coords/jacobian";
import { TOLERANCE } from "../tolerances";
import { filesOf, MOLECULES, referenceOf } from "./fixtures";

for (const name of MOLECULES) {
  const molecule = loadSystem({ ...filesOf(name), name });
  const { system, coordinates: spec, relaxation } = molecule;
  const coordinates = createCoordinates(spec);
  const { dof, channels } = coordinates;
  const xyz = new Float64Array(3 * system.atoms);
  /** As a flow's prior proposes them: bonds and angles about the middle, torsions anywhere. */
  const proposal = (seed: number): Float64Array => {
    const rng = createRng(seed);
    return Float64Array.from(channels, (channel) =>
      channel === "torsion" ? rng.uniform() : 0.3 + 0.4 * rng.uniform(),
    );
  };

  test(`${name}: the coordinates by rule have every degree of freedom, centred on a minimum below the PDB's energy`, () => {
    assert.equal(dof, 3 * system.atoms - 6 - system.constraints.length);
    assert.ok(relaxation!.converged && relaxation!.after <= relaxation!.before && relaxation!.moved < 0.05);
    const { bonds, angles, torsions } = spec.minimum;
    createPlacement(planPlacement(spec)).place(Float64Array.from([...bonds, ...angles, ...torsions]), xyz);
    const x = new Float64Array(dof);
    coordinates.toScaled(xyz, x);
    channels.forEach((channel, k) => {
      if (channel === "torsion") assert.ok(x[k]! >= 0 && x[k]! <= 1, `coordinate ${k} is ${x[k]} at the minimum`);
      else assert.ok(Math.abs(x[k]! - 0.5) < TOLERANCE.coordinate);
    });
    const energy = createEnergy(system).evaluate(xyz, null);
    assert.ok(Math.abs(energy - relaxation!.after) < 1e-6 * Math.abs(energy));
    for (const { i, j, length } of system.constraints) {
      const got = Math.hypot(...[0, 1, 2].map((k) => xyz[3 * i + k]! - xyz[3 * j + k]!));
      assert.ok(Math.abs(got - length) < TOLERANCE.coordinate);
    }
  });

  test(`${name}: x -> Cartesian -> x is the identity, and the log-dets cancel`, () => {
    const back = new Float64Array(dof);
    for (let seed = 0; seed < 20; seed++) {
      const x = proposal(seed);
      const sum = coordinates.place(x, 0, xyz) + coordinates.toScaled(xyz, back);
      assert.ok(Math.abs(sum) < TOLERANCE.coordinate, `seed ${seed}: log-dets ${sum}`);
      assert.ok(distance(back, x) < TOLERANCE.coordinate, `seed ${seed}`);
    }
  });

  test(`${name}: the log-det is that of the numerical Jacobian`, () => {
    const plan = planPlacement(spec);
    const { logDet: ofScaling } = createScaling(spec);
    const x = proposal(1);
    const logDet = coordinates.place(x, 0, xyz);
    const { bonds, angles, torsions } = internalCoordinates(plan, xyz);
    const q = Float64Array.from([...bonds, ...angles, ...torsions]);
    assert.ok(Math.abs(createPlacement(plan).place(q, xyz) + ofScaling - logDet) < TOLERANCE.coordinate);
    assert.ok(Math.abs(numericLogDet(plan, q) + ofScaling - logDet) < TOLERANCE.difference);
  });

  test(`${name}: simulated structures lie in [0, 1] but for exchanged hydrogens, and no x turns a centre inside out`, () => {
    const { index } = createScaling(spec);
    const first = spec.bonds.length + spec.angles.length;
    const exchangeable = new Set([...spec.upperHalf, ...spec.lowerHalf].map((k) => index.indexOf(first + k)));
    const x = new Float64Array(dof);
    for (const { xyz: frame } of referenceOf(name).slice(0, 4)) {
      coordinates.toScaled(frame, x);
      x.forEach((value, k) =>
        assert.ok(exchangeable.has(k) || (value >= 0 && value <= 1), `coordinate ${k}: ${value}`),
      );
      const centres = spec.chiral.map((k) => spec.torsions[k]!);
      const expected = centres.map((row) => handedness(frame, row));
      coordinates.place(proposal(2), 0, xyz);
      assert.deepEqual(centres.map((row) => handedness(xyz, row)), expected); // prettier-ignore
    }
  });

  test(`${name}: a training step has a finite loss and is applied`, async () => {
    const target = createTarget(molecule, { threads: 0 });
    const flow = { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 };
    const model = createModel(target, { flow, seed: 1, threads: 1 });
    const options = {
      temperature: 1200,
      iterations: 2,
      batch: 32,
      drop: { first: 16, last: 16, iterations: 0 },
      schedule: { peak: 1e-3, warmup: 0, floor: 0 },
      clipNorm: 100,
      weightDecay: 0,
    };
    const [, info] = await stepReverseKl(model, options, initReverseKl(createRng(1).state()));
    assert.ok(Number.isFinite(info.loss) && Number.isFinite(info.gradientNorm) && info.applied, JSON.stringify(info));
    await model.engine.close();
    await target.close();
  });
}
