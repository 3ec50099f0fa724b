import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../../src/experiments/run";
import { comparedSurfaces, ramachandranSurfaces } from "../../src/notebook/surfaces";
import { evaluate } from "../../src/evaluate/evaluate";
import { ramachandran } from "../../src/evaluate/ramachandran";
import { loadSystem } from "../../src/target/molecule";
import { createTarget } from "../../src/target/molecular-target";
import { createSamples, type Samples } from "../../src/target/samples";

/** The parts of a run that surfaces are made from: two torsions and a bond, and (phi, psi) in the order psi, bond, phi. */
const run = {
  experiment: { system: "aldp" },
  setup: { target: { channels: ["torsion", "bond", "torsion"], boltzmann: 1 }, molecule: { ramachandran: [[1, 0]] } },
} as unknown as Run;

/** Two samples at phi 0.7, psi 0.2 and one at phi 0.2, psi 0.2 (of a turn, from -180 degrees), the last three times as heavy. */
const samples: Samples = {
  n: 3,
  dof: 3,
  x: Float32Array.from([0.205, 0.5, 0.705, 0.205, 0.5, 0.705, 0.205, 0.5, 0.205]),
  logQ: new Float64Array(3),
  energy: Float64Array.from([0, 0, -2 * Math.log(3)]),
  logDet: new Float64Array(3),
};

test("a surface holds the free energy by phi and psi, sampled and weighted", () => {
  const [sampled, reweighted] = ramachandranSurfaces(run, samples, 2);
  assert.deepEqual([sampled.title, reweighted.title], ["2 K, sampled", "2 K, reweighted"]);
  const [often, heavy] = [70 * 100 + 20, 20 * 100 + 20];
  assert.equal(sampled.freeEnergy[often], 0);
  assert.ok(Math.abs(sampled.freeEnergy[heavy]! - Math.log(2)) < 1e-12);
  assert.equal(reweighted.freeEnergy[heavy], 0);
  assert.ok(Math.abs(reweighted.freeEnergy[often]! - Math.log(3 / 2)) < 1e-12);
  assert.equal(Array.from(sampled.freeEnergy).filter(Number.isFinite).length, 2);
});

test("a pair that the molecule does not have is refused", () => {
  assert.throws(
    () => ramachandranSurfaces(run, samples, 300, { pair: 1 }),
    /unknown pair \(got 1 of aldp\), expected one of its 1/,
  );
});

test("an evaluation gives truth, flow and reweighted flow, with the truth's minimum where the truth is", async () => {
  const molecule = loadSystem("aldp");
  const target = createTarget(molecule);
  await target.close();
  const phi = 41 + molecule.ramachandran[0]![0];
  const at = (value: number): Samples => {
    const set = createSamples(4, target.dof);
    set.x.fill(0.305);
    for (let i = 0; i < set.n; i++) set.x[i * set.dof + phi] = value;
    return set;
  };
  const evaluation = evaluate(at(0.205), { target, temperature: 300, truth: at(0.705), molecule });
  const panels = comparedSurfaces(evaluation);
  assert.deepEqual(
    panels.map(({ title }) => title),
    ["ground truth", "flow", "flow, reweighted"],
  );
  const minima = panels.map(({ freeEnergy }) => Math.floor(Array.from(freeEnergy).indexOf(0) / 100));
  assert.deepEqual(minima, [70, 20, 20]);
  const other = ramachandran({ phi: Float64Array.of(0.02), psi: Float64Array.of(0.02) });
  assert.equal(Array.from(comparedSurfaces(evaluation, [other])[0]!.freeEnergy).indexOf(0), 50 * 100 + 50);
  assert.throws(() => comparedSurfaces(evaluate(at(0.2), { target, temperature: 300, truth: at(0.7) })), /missing Ramachandran/); // prettier-ignore
});
