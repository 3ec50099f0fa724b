import assert from "node:assert/strict";
import { test } from "node:test";
import { withChanges } from "../../src/experiments/change";
import { findExperiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { loadTruth } from "../../src/experiments/truth";
import { loadGroundTruth } from "../../src/sample/store";
import { scoreFrames } from "../../src/train/model";

const smoke = findExperiment("aldp", "reverse-kl", "smoke"); // in the paper's coordinates

/** The first 500 frames. */
const head = ({ dof, x }: { dof: number; x: Float32Array }) => ({ n: 500, dof, x: x.slice(0, 500 * dof) });

test("with folded rotors the ground truth stands where the flow can be, with the energies that it had", async () => {
  const run = startRun(withChanges(smoke, { foldRotors: true }), { seed: 1, threads: 1 });
  const plain = startRun(smoke, { seed: 1, threads: 1 });
  try {
    const { molecule, model } = run.setup;
    assert.equal(molecule!.coordinates.rotors!.length, 3);
    const folded = await scoreFrames(model, head(loadGroundTruth("aldp", molecule!)));
    const free = await scoreFrames(plain.setup.model, head(loadGroundTruth("aldp")));
    folded.energy.forEach((energy, k) => {
      assert.ok(Math.abs(energy - free.energy[k]!) < 2e-2); // x is f32
      assert.ok(Math.abs(folded.logDet[k]! - free.logDet[k]!) < 1e-5);
    });
    assert.ok(folded.logQ.every(Number.isFinite));
    // What records are compared with: the second of every two frames.
    const { x, dof } = loadTruth("aldp", {
      use: "evaluation",
      samples: null,
      seed: 1,
      coordinates: molecule!.coordinates,
    });
    assert.deepEqual(x.slice(0, dof), folded.x.slice(dof, 2 * dof));
  } finally {
    await run.setup.close();
    await plain.setup.close();
  }
});

test("with confined impropers the prior of an experiment has more than the whole circle's share where the truth is", async () => {
  const confined = startRun(withChanges(smoke, { confineImpropers: true }), { seed: 1, threads: 1 });
  const plain = startRun(smoke, { seed: 1, threads: 1 });
  try {
    const { molecule, model, target } = confined.setup;
    const { coordinates } = molecule!;
    assert.equal(
      model.flow.circular.filter(Boolean).length,
      coordinates.torsions.length - coordinates.impropers!.length,
    );
    const inside = await scoreFrames(model, head(loadGroundTruth("aldp", { coordinates })));
    const free = await scoreFrames(plain.setup.model, head(loadGroundTruth("aldp")));
    const expected =
      /scoreFrames: .* 0 folded rotors and 0 confined impropers\), expected 0 .* 10 confined impropers; load/;
    await assert.rejects(() => scoreFrames(model, loadGroundTruth("aldp")), expected);
    const other = loadGroundTruth("tetra");
    await assert.rejects(() => scoreFrames(model, other), /scoreFrames: mismatched frames \(got 98 degrees/);
    assert.throws(() => loadGroundTruth("tetra", { coordinates }), /mismatched coordinates \(got 60 degrees/);
    // Beyond what a confined improper may take there is no density, whatever the splines say of the edge.
    const outside = head(loadGroundTruth("aldp", { coordinates }));
    outside.x[3 * outside.dof + target.channels.indexOf("improper")] = 1.01;
    const { logQ } = await scoreFrames(model, outside);
    assert.deepEqual([logQ[3], logQ[2]], [-Infinity, inside.logQ[2]]);
    // -log q in nm: that of x, and the log-det of the map.
    const mean = ({ logQ, logDet }: { logQ: ArrayLike<number>; logDet: Float64Array }): number =>
      logDet.reduce((sum, value, k) => sum + value - logQ[k]!, 0) / logDet.length;
    assert.ok(mean(free) - mean(inside) > 10, `${mean(inside)} against ${mean(free)}`);
  } finally {
    await confined.setup.close();
    await plain.setup.close();
  }
});

test("the mixture has nothing to fold, and nothing to confine", () => {
  for (const option of ["foldRotors", "confineImpropers"]) {
    const experiment = { ...findExperiment("gmm", "ta-bg", "smoke"), [option]: true };
    const expected = new RegExp(`invalid ${option} \\(got true for gmm\\), expected null`);
    assert.throws(() => startRun(experiment, { seed: 1 }), expected);
  }
});
