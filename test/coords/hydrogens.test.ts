import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeHydrogens, hydrogenGroups } from "../../src/coords/hydrogens";
import type { CoordinateSpec } from "../../src/coords/spec";
import { buildCoordinateSpec } from "../../src/coords/zmatrix";
import { ringMolecule, shippedTopology, topologyOf } from "./molecules";
import { loadReference, SYSTEMS } from "./reference";

for (const system of SYSTEMS) {
  test(`${system}: every CH3 is a group of three hydrogens of one carbon`, () => {
    const { spec } = loadReference(system);
    const topology = shippedTopology(system);
    const groups = hydrogenGroups(topology, spec);
    assert.equal(groups.length, spec.upperHalf.length);
    for (const { atoms, torsions } of groups) {
      assert.equal(atoms.length, 3);
      assert.equal(torsions.length, 2);
      assert.ok(atoms.every((atom) => topology.atoms[atom]!.element === "H"));
      assert.deepEqual(torsions.map((k) => spec.torsions[k]![0]), atoms.slice(0, 2)); // prettier-ignore
    }
  });
}

test("a CH2 is a group of two, and so is an NH2 with one confined torsion", () => {
  const { topology, xyz } = ringMolecule();
  const sizes = hydrogenGroups(topology, buildCoordinateSpec(topology, [], xyz)).map(({ atoms }) => atoms.length);
  assert.deepEqual(sizes.sort(), [2, 2, 2, 3]);
  const labels = ["F:C", "F:O", "F:N", "F:H1", "F:H2", "F:HC"];
  const formamide = topologyOf(labels, [[0, 1], [0, 2], [2, 3], [2, 4], [0, 5]]); // prettier-ignore
  const spec = { torsions: [[3, 2, 0, 1], [4, 2, 0, 3]], upperHalf: [1], lowerHalf: [] } as unknown as CoordinateSpec; // prettier-ignore
  assert.deepEqual(hydrogenGroups(formamide, spec), [{ atoms: [4, 3], torsions: [1] }]);
});

test("the order at hand is kept if it fits, the first two change places before others do, and what never fits is left alone", () => {
  const start = Float64Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3);
  const group = { atoms: [0, 1, 2], torsions: [] };
  const until = (...wanted: number[]): [boolean | null, number[]] => {
    const xyz = start.slice();
    const changed = exchangeHydrogens(xyz, group, () => wanted.every((value, k) => xyz[3 * k] === value));
    return [changed, [xyz[0]!, xyz[3]!, xyz[6]!]];
  };
  assert.deepEqual(until(1), [false, [1, 2, 3]]);
  assert.deepEqual(until(2), [true, [2, 1, 3]]);
  assert.deepEqual(until(2, 3), [true, [2, 3, 1]]);
  assert.deepEqual(until(4), [null, [1, 2, 3]]);
});
