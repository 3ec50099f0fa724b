import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  dihedrals,
  freeEnergy,
  ramachandran,
  ramachandranKld,
  ramachandranTv,
  torsionAngles,
  torsionColumn,
} from "../../src/evaluate/ramachandran";
import { readNpyFloat64 } from "../../src/io/npy";
import { projectRoot } from "../../src/io/paths";
import { binSize, density } from "../../src/numerics/histogram";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";

const folder = path.join(projectRoot(), "test/fixtures/metrics");
const read = (name: string): Float64Array => readNpyFloat64(path.join(folder, `${name}.npy`)).data;
const expected = JSON.parse(readFileSync(path.join(folder, "expected.json"), "utf8")) as Record<string, number>;
const small = { low: -Math.PI, high: Math.PI, bins: 2 };

function close(actual: number, value: number | undefined): void {
  assert.ok(value !== undefined && Math.abs(actual / value - 1) < TOLERANCE.f64, `${actual} against ${value}`);
}

test("KLD and TV agree with the original program, plain and reweighted", () => {
  const truth = ramachandran(dihedrals(read("ram_truth"), 2, [0, 1]));
  const angles = dihedrals(read("ram_flow"), 2, [0, 1]);
  const flow = ramachandran(angles);
  close(ramachandranKld(truth, flow), expected["ram_kld"]);
  close(ramachandranTv(truth, flow), expected["ram_tv"]);
  const reweighted = ramachandran(angles, { logWeights: read("ram_flow_weights").map(Math.log) });
  close(ramachandranKld(truth, reweighted), expected["ram_kld_reweighted"]);
  close(ramachandranTv(truth, reweighted), expected["ram_tv_reweighted"]);
});

test("angles come from x in (-pi, pi], with the seam at pi", () => {
  const angles = torsionAngles(Float32Array.of(9, 0, 9, 0.25, 9, 0.5, 9, 0.75, 9, 1), 2, 1);
  assert.deepEqual([...angles], [Math.PI, -Math.PI / 2, 0, Math.PI / 2, Math.PI]);
  assert.equal(torsionAngles(new Float32Array(0), 2, 1).length, 0);
});

test("a torsion is counted among the torsions alone", () => {
  const channels = ["bond", "angle", "torsion", "improper", "torsion"] as const;
  assert.deepEqual(
    [0, 1, 2].map((index) => torsionColumn(channels, index)),
    [2, 3, 4],
  );
  assert.throws(() => torsionColumn(channels, 3), /unknown torsion \(got 3\), expected an index below 3/);
});

test("a density integrates to one and ignores the level of the log weights", () => {
  const rng = createRng(5);
  const x = Float64Array.from({ length: 2000 }, () => rng.uniform());
  const logWeights = Float64Array.from({ length: 1000 }, () => rng.normal());
  const angles = dihedrals(x, 2, [0, 1]);
  const plain = density(ramachandran(angles, { logWeights }));
  const raised = density(ramachandran(angles, { logWeights: logWeights.map((v) => v + 1e4) }));
  const integral = plain.reduce((sum, p) => sum + p, 0) * binSize(ramachandran(angles).axes);
  close(integral, 1);
  plain.forEach((p, i) => assert.ok(Math.abs(p - raised[i]!) <= 1e-9 * p));
});

test("invalid samples count nothing, and weights that are no weights are refused", () => {
  const angles = { phi: Float64Array.of(-1, 1), psi: Float64Array.of(1, -1) };
  const histogram = ramachandran(angles, { logWeights: [-5, -Infinity], axis: small });
  assert.deepEqual([...histogram.weights], [0, 1, 0, 0]);
  for (const logWeights of [
    [-Infinity, -Infinity],
    [0, NaN],
    [0, Infinity],
  ]) {
    assert.throws(() => ramachandran(angles, { logWeights }), /ramachandran: invalid log weights \(got/);
  }
});

test("the free energy is -ln p above its minimum, infinite in empty bins and null in JSON", () => {
  const angles = { phi: Float64Array.of(-1, -1, -1, 1), psi: Float64Array.of(1, 1, 1, -1) };
  const energies = freeEnergy(ramachandran(angles, { axis: small }));
  assert.deepEqual([energies[0], energies[1], energies[3]], [Infinity, 0, Infinity]);
  close(energies[2]!, Math.log(3));
  assert.equal(JSON.stringify([...energies].slice(0, 2)), "[null,0]");
});

test("equal histograms have no distance, disjoint ones the largest", () => {
  const one = ramachandran({ phi: Float64Array.of(1), psi: Float64Array.of(1) });
  const other = ramachandran({ phi: Float64Array.of(-1), psi: Float64Array.of(1) });
  assert.deepEqual([ramachandranTv(one, one), ramachandranKld(one, one)], [0, 0]);
  close(ramachandranTv(one, other), 1);
  const peak = 1 / binSize(one.axes); // its density in the one bin that is filled
  close(ramachandranKld(one, other), Math.log((peak + 1e-10) / 1e-10));
});

test("two Gaussian densities have the KLD and TV of their closed forms", () => {
  // Independent of psi, phi ~ N(+-0.3, 0.5^2): KL = (0.6 / 0.5)^2 / 2, TV = erf(0.3 / (0.5 sqrt 2)).
  const axes = ramachandran({ phi: new Float64Array(0), psi: new Float64Array(0) }).axes;
  const width = (2 * Math.PI) / 100;
  const gaussian = (mean: number): Float64Array =>
    Float64Array.from({ length: 10000 }, (_, i) => {
      const phi = -Math.PI + (Math.floor(i / 100) + 0.5) * width;
      return Math.exp(-0.5 * ((phi - mean) / 0.5) ** 2);
    });
  const [left, right] = [-0.3, 0.3].map((mean) => ({ axes, weights: gaussian(mean), dropped: 0 }));
  assert.ok(Math.abs(ramachandranKld(left!, right!) - 0.72) < 1e-5); // the cut at +-pi and epsilon
  assert.ok(Math.abs(ramachandranTv(left!, right!) - 0.4514937644799) < 1e-3); // one bin holds the crossing
});

test("histograms on different bins are not compared", () => {
  const angles = { phi: Float64Array.of(1), psi: Float64Array.of(1) };
  const coarse = ramachandran(angles, { axis: small });
  assert.throws(() => ramachandranTv(ramachandran(angles), coarse), /totalVariation: mismatched bins \(got 100 bins/);
});
