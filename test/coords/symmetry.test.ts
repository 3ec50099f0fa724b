import assert from "node:assert/strict";
import { test } from "node:test";
import { chiralTorsions, equivalenceClasses, hydrogenHalves } from "../../src/coords/symmetry";
import type { ZMatrixRow } from "../../src/coords/spec";
import { buildCoordinateSpec } from "../../src/coords/zmatrix";
import { ringMolecule, shippedTopology, topologyOf } from "./molecules";
import { loadReference, SYSTEMS } from "./reference";

for (const system of SYSTEMS) {
  const { spec } = loadReference(system);
  const topology = shippedTopology(system);

  test(`${system}: the chiral torsions of the shipped Z-matrix are found by rule`, () => {
    assert.deepEqual(chiralTorsions(topology, spec.torsions), spec.chiral);
  });

  test(`${system}: so are the hydrogen halves`, () => {
    const { upperHalf, lowerHalf } = hydrogenHalves(topology, spec.torsions, spec.minimum.torsions);
    assert.deepEqual({ upperHalf, lowerHalf }, { upperHalf: spec.upperHalf, lowerHalf: spec.lowerHalf });
  });
}

test("atoms are equivalent if no sequence of bonds tells them apart", () => {
  const propane = topologyOf(["P:C", "P:C", "P:C", "P:H", "P:H"], [[0, 1], [1, 2], [0, 3], [2, 4]]); // prettier-ignore
  const [left, middle, right, hydrogenLeft, hydrogenRight] = equivalenceClasses(propane);
  assert.equal(left, right);
  assert.equal(hydrogenLeft, hydrogenRight);
  assert.equal(new Set([left, middle, hydrogenLeft]).size, 3);
});

test("a ring counts its chiral centres and the hydrogens of each CH2 and CH3", () => {
  const { topology, xyz } = ringMolecule();
  const { chiral, upperHalf, lowerHalf, torsions } = buildCoordinateSpec(topology, [], xyz);
  assert.deepEqual(chiral.map((k) => topology.atoms[torsions[k]![0]]!.element), ["H", "H"]); // prettier-ignore
  assert.equal(upperHalf.length, 4);
  assert.equal(lowerHalf.length, 4);
});

test("the hydrogens of an end-standing NH2 are told apart even where they lie in one plane with it", () => {
  const labels = ["F:C", "F:O", "F:N", "F:H1", "F:H2", "F:HC"];
  const formamide = topologyOf(labels, [[0, 1], [0, 2], [2, 3], [2, 4], [0, 5]]); // prettier-ignore
  const torsions: ZMatrixRow[] = [[3, 2, 0, 1], [4, 2, 0, 3], [5, 0, 1, 2]]; // prettier-ignore
  const { upperHalf, lowerHalf } = hydrogenHalves(formamide, torsions, [0.5, 0.9999, 0.9]);
  assert.deepEqual({ upperHalf, lowerHalf }, { upperHalf: [1], lowerHalf: [] });
});

test("a centre with two equal branches keeps its handedness too, one with two hydrogens, a lone pair or a double bond has none", () => {
  const flat = topologyOf(["X:C", "X:O", "X:N", "X:H"], [[0, 1], [0, 2], [0, 3]]); // prettier-ignore
  assert.deepEqual(chiralTorsions(flat, [[3, 0, 1, 2]]), []);
  const branched = topologyOf(["X:C", "X:H", "X:C1", "X:C2", "X:O"], [[0, 1], [0, 2], [0, 3], [0, 4]]); // prettier-ignore
  assert.deepEqual(chiralTorsions(branched, [[3, 0, 4, 2], [1, 0, 4, 2]]), [1]); // prettier-ignore
  const twoHydrogens = topologyOf(["X:C", "X:O", "X:N", "X:H", "X:H"], [[0, 1], [0, 2], [0, 3], [0, 4]]); // prettier-ignore
  assert.deepEqual(chiralTorsions(twoHydrogens, [[3, 0, 1, 2], [4, 0, 1, 2]]), []); // prettier-ignore
});
