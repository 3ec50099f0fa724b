import assert from "node:assert/strict";
import { test } from "node:test";
import { confineImpropers } from "../../src/coords/impropers";
import { torsionTable } from "../../src/notebook/truth-tables";
import { loadGroundTruth } from "../../src/sample/store";
import { loadSystem } from "../../src/target/molecule";

test("torsions have their names, also where a flow has confined some of them", () => {
  const molecule = loadSystem("aldp");
  const { summary } = loadGroundTruth("aldp");
  const confined = { ...molecule, coordinates: confineImpropers(molecule.topology, molecule.coordinates) };
  const { columns } = torsionTable(molecule, summary);
  assert.deepEqual(torsionTable(confined, summary).columns, columns);
  // The slowest is phi, about N-CA.
  assert.match(String(columns.torsion![0]), /N-.*CA/);
  assert.throws(
    () => torsionTable(loadSystem("tetra"), summary),
    /mismatched summary \(got 19 torsions\), expected the 39/,
  );
});
