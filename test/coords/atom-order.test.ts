import assert from "node:assert/strict";
import { test } from "node:test";
import { atomOrder } from "../../src/coords/atom-order";
import type { PdbAtom } from "../../src/coords/pdb";
import { topologyOf } from "./molecules";

const topology = topologyOf(["ACE1:C", "ACE1:O", "ALA2:N", "ALA2:CA", "ALA3:N"], []);
const atom = (residue: string, name: string): PdbAtom => ({ residue, name, element: name[0]! });

test("atoms are found by name in residues of the same order, whatever their numbers", () => {
  const other = [atom("ACE7", "O"), atom("ACE7", "C"), atom("ALA8", "CA"), atom("ALA8", "N"), atom("ALA9", "N")];
  assert.deepEqual(atomOrder(topology, other), [1, 0, 3, 2, 4]);
});

test("missing, additional and repeated atoms are refused", () => {
  const same = topology.atoms;
  assert.throws(() => atomOrder(topology, same.slice(1)), /atomOrder: mismatched atoms \(got 4, without 1:ACE:C\)/);
  assert.throws(() => atomOrder(topology, [...same, atom("ALA3", "H")]), /got 6, without repeated names|got 6/);
  assert.throws(() => atomOrder(topology, [...same.slice(0, 4), atom("ALA2", "CA")]), /without 3:ALA:N/);
});
