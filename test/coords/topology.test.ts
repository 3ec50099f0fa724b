import assert from "node:assert/strict";
import { test } from "node:test";
import type { PdbStructure } from "../../src/coords/pdb";
import { createTopology, neighbours } from "../../src/coords/topology";
import { topologyOf } from "./molecules";

const methanol: PdbStructure = {
  ...topologyOf(["M1:C", "M1:O", "M1:H1", "M1:H2", "M1:H3", "M1:HO"], []),
  xyz: new Float64Array(18),
  conect: [[0, 1]],
};
const pairs = [[1, 0], [0, 2], [0, 3], [4, 0], [0, 4], [1, 5]] as const; // prettier-ignore

test("each bond is kept once, ascending, whichever way round and however often it is given", () => {
  const topology = createTopology(methanol, { atoms: 6, pairs });
  assert.deepEqual(topology.bonds, [[0, 1], [0, 2], [0, 3], [0, 4], [1, 5]]); // prettier-ignore
  assert.deepEqual(neighbours(topology)[0], [1, 2, 3, 4]);
});

test("a PDB with another number of atoms is refused with both numbers", () => {
  assert.throws(() => createTopology(methanol, { atoms: 9, pairs }), /mismatched atom count \(got 6 .*the system's 9/);
});

test("a CONECT record that the system does not know is refused by the names of its atoms", () => {
  const shuffled = { ...methanol, conect: [[2, 5]] as const };
  assert.throws(() => createTopology(shuffled, { atoms: 6, pairs }), /atoms 2 \(M1:H1\) and 5 \(M1:HO\).*same order/);
});

test("a hydrogen with two bonds, as constrained angles give it, is refused", () => {
  const angle = [...pairs, [2, 3]] as const;
  assert.throws(() => createTopology(methanol, { atoms: 6, pairs: angle }), /invalid hydrogen 2 \(M1:H1\) .*HBonds/);
});

test("a molecule in two parts is refused", () => {
  const parts = pairs.filter(([i, j]) => i !== 1 || j !== 5);
  assert.throws(() => createTopology(methanol, { atoms: 6, pairs: parts }), /atom 5 \(M1:HO\) not connected to atom 0/);
});
