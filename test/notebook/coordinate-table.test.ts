import assert from "node:assert/strict";
import { test } from "node:test";
import { coordinateTable } from "../../src/notebook/coordinate-table";
import { loadSystem } from "../../src/target/molecule";

test("the table of coordinates names torsions, what they are part of and the degrees that they span", () => {
  const { columns } = coordinateTable(loadSystem("aldp"));
  const at = columns.atoms!.indexOf("ALA2:HA-CA-N-C");
  assert.deepEqual(Object.values(columns).map((column) => column[at]), [columns.torsion![at], "ALA2:HA-CA-N-C", "chiral centre", "119°", "0°", "180°"]); // prettier-ignore
  assert.deepEqual(new Set(columns["part of"]), new Set(["CH3", "chiral centre", "trans peptide bond"]));
});
