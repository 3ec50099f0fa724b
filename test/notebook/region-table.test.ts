import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Run } from "../../src/experiments/run";
import { regionTable } from "../../src/notebook/region-table";
import { loadGroundTruth } from "../../src/sample/store";
import { loadSystem } from "../../src/target/molecule";
import { createTarget } from "../../src/target/molecular-target";
import { TOLERANCE } from "../tolerances";

const molecule = loadSystem("tetra");
const target = createTarget(molecule);
const run = { experiment: { system: "tetra" }, setup: { target, molecule } } as unknown as Run;
after(() => target.close());

test("frames of the truth, equally weighted, have the truth's share of every region of every residue", () => {
  const truth = loadGroundTruth("tetra");
  const { n, dof, x } = truth;
  const zeros = new Float64Array(n);
  // Log weights are -energy / kT + logDet - logQ: zero for all.
  const rows = regionTable(run, { n, dof, x, logQ: zeros, energy: zeros, logDet: zeros }, truth).toJSON();
  assert.deepEqual(
    rows.map(({ residue }) => residue),
    [1, 1, 1, 1, 2, 2, 2, 3, 3, 3],
  );
  for (const row of rows) {
    const [share, error] = [row.truth as number, row["truth error"] as number];
    // Frames are a part of the sweeps that the truth's share is of; their blocks say how far they may be off.
    assert.ok(Math.abs((row.flow as number) - share) < 4.5 * error, `${row.flow as number} for ${share} ± ${error}`);
    assert.ok(Math.abs((row.reweighted as number) - (row.flow as number)) < TOLERANCE.f64);
    assert.equal(row.effective, Math.round((row.flow as number) * n));
  }
  // One frame of a large weight takes it all, unless it is cut to that of the next.
  const logQ = zeros.slice();
  logQ[0] = -20;
  const heavy = (clip: number) =>
    regionTable(run, { n, dof, x, logQ, energy: zeros, logDet: zeros }, truth, { clip }).toJSON();
  assert.ok(heavy(0).some((row) => (row.reweighted as number) > 0.99));
  heavy(2 / n).forEach((row, k) => assert.equal(row.reweighted, rows[k]!.reweighted));
  const left = rows.filter((row) => (row["φ (°)"] as number) > 0 && row.residue === 3);
  assert.equal(left.length, 1);
  assert.ok(Math.abs((left[0]!["reweighted / truth"] as number) - 1) < 0.5);
});

test("a system without phi and psi is refused by name", () => {
  const mixture = { experiment: { system: "gmm" }, setup: { target, molecule: null } } as unknown as Run;
  const truth = loadGroundTruth("tetra");
  assert.throws(
    () => regionTable(mixture, { ...truth, logQ: truth.x, energy: truth.x, logDet: truth.x } as never, truth),
    /missing torsions \(got gmm\)/,
  );
});
