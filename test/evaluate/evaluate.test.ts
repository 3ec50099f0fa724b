import assert from "node:assert/strict";
import { test } from "node:test";
import { alphaDistances } from "../../src/evaluate/alpha-distances";
import { evaluate } from "../../src/evaluate/evaluate";
import type { ScoredSet } from "../../src/evaluate/likelihood";
import { evaluationTable } from "../../src/evaluate/table";
import { createCoordinates } from "../../src/coords/coordinates";
import type { Channel } from "../../src/coords/spec";
import { createRng } from "../../src/numerics/random";
import { loadSystem, type MolecularSystem } from "../../src/target/molecule";
import { loadReference } from "../coords/reference";
import { table } from "../../src/notebook/tables";
import { setOf } from "./sets";

/** Points about the minimum whose torsions drift slowly, with made-up energies; log q is that of the energies' own density, if asked for. */
function simulate(molecule: MolecularSystem, n: number, seed: number, scored: boolean): ScoredSet {
  const { channels, dof } = createCoordinates(molecule.coordinates);
  const rng = createRng(seed);
  const x = new Float32Array(n * dof);
  const drift = new Float64Array(dof);
  for (let t = 0; t < n; t++) {
    for (let c = 0; c < dof; c++) {
      drift[c] = 0.8 * drift[c]! + 0.6 * rng.normal();
      x[t * dof + c] = channels[c] === "torsion" ? (0.9 + 0.1 * drift[c]!) % 1 : 0.5 + 0.1 * drift[c]!;
    }
  }
  const set = setOf(
    x,
    dof,
    Float64Array.from({ length: n }, () => rng.normal()),
  );
  return scored ? { ...set, logQ: set.energy.map((u) => -u) } : set;
}

const target = (molecule: MolecularSystem): { boltzmann: number; channels: readonly Channel[] } => {
  return { boltzmann: 1, channels: createCoordinates(molecule.coordinates).channels };
};

test("samples of a flow have every metric, and one table holds them", () => {
  const molecule = loadSystem("hexa");
  const samples = simulate(molecule, 1500, 1, true);
  const truth = simulate(molecule, 2000, 2, true);
  const options = { target: target(molecule), temperature: 1, truth, molecule, torusPoints: 50 };
  const result = evaluate(samples, options);
  assert.deepEqual(
    [result.samples, result.truth, result.count, result.invalid, result.marginals.length, result.conformations.length],
    [1500, 2000, 1000, 0, 148, 10],
  );
  assert.equal(result.ramachandran?.pairs.length, 5);
  assert.ok(Math.abs(result.reverse!.ess - 1) < 1e-9 && Math.abs(result.forward!.eubo.value) < 1e-9); // p~ = q
  assert.ok(result.tica!.eigenvalues[0]! > 0 && result.tica!.tv.floor > 0);
  // Samples and truth are alike: no distance exceeds what two halves of the truth are apart by much.
  const { ramachandran, torus, energies, tica } = result;
  for (const distances of [ramachandran!.tv, torus!, tica!.tv, ...result.marginals.map(({ tv }) => tv)]) {
    assert.ok(distances.matched < 2.5 * distances.floor, JSON.stringify(distances));
    assert.ok(Math.abs(distances.reweighted! - distances.plain) < 0.25 * distances.plain); // equal weights; torus draws others
  }
  assert.ok(energies.w2.plain < 0.2);
  const rows = evaluationTable(result);
  assert.ok(rows.some(({ metric }) => metric === "F(alpha L 5) (kT)") && rows.some(({ metric }) => metric === "NLL"));
  assert.match(table(rows).text(), /torus W2 \(rad\)/);
  assert.deepEqual(evaluate(samples, options), result); // the seed decides
});

test("bare samples have all that needs no log q", () => {
  const molecule = loadSystem("aldp");
  const bare = simulate(molecule, 600, 3, false);
  bare.energy[5] = NaN;
  const truth = simulate(molecule, 600, 4, false);
  const result = evaluate(bare, { target: target(molecule), temperature: 1, truth, molecule, torusPoints: 50 });
  assert.deepEqual([result.reverse, result.forward, result.tica, result.invalid], [null, null, null, 1]);
  assert.equal(result.ramachandran!.tv.reweighted, null);
  const metrics = evaluationTable(result, { worst: 2 }).map(({ metric }) => metric);
  assert.ok(!metrics.includes("log Z") && metrics.includes("Ramachandran TV"));
  assert.equal(metrics.filter((metric) => metric.startsWith("TV of ")).length, 2);
});

test("a target without torsions is judged by energies and marginals", () => {
  const rng = createRng(5);
  const set = (n: number): ScoredSet =>
    setOf(
      Float32Array.from({ length: 2 * n }, () => rng.uniform()),
      2,
    );
  const truth = set(500);
  const result = evaluate(set(400), { target: { boltzmann: 1, channels: ["bond", "bond"] }, temperature: 1, truth });
  assert.deepEqual([result.ramachandran, result.torus, result.conformations, result.tica], [null, null, [], null]);
  assert.deepEqual(result.marginals.map(({ name }) => name).sort(), ["x0", "x1"]); // prettier-ignore
});

test("C-alpha distances are those of the Cartesian structures", () => {
  const molecule = loadSystem("tetra");
  const { conformations } = loadReference("tetra");
  const { dof, toScaled } = createCoordinates(molecule.coordinates);
  const x = new Float64Array(dof);
  toScaled(conformations[0]!.xyz, x);
  const { dimension, values } = alphaDistances(molecule, setOf(Float32Array.from(x), dof));
  const alphas = molecule.topology.atoms.flatMap(({ name }, atom) => (name === "CA" ? [atom] : []));
  const xyz = conformations[0]!.xyz;
  const expected = [[0, 1], [0, 2], [1, 2]].map(([a, b]) => Math.hypot(...[0, 1, 2].map((k) => xyz[3 * alphas[a!]! + k]! - xyz[3 * alphas[b!]! + k]!))); // prettier-ignore
  assert.equal(dimension, 3);
  expected.forEach((distance, k) =>
    assert.ok(Math.abs(values[k]! - distance) < 1e-5, `${values[k]} against ${distance}`),
  );
});
