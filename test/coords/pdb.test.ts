import assert from "node:assert/strict";
import { test } from "node:test";
import { readPdb } from "../../src/coords/pdb";

// Written by OpenMM 8.6 (first atoms of alanine dipeptide); serial numbers start at 1 and skip TER.
const LINES = [
  "REMARK   1 CREATED WITH OPENMM 8.6.1, 2026-11-23",
  "HETATM    1  H1  ACE 1   1       1.916   1.195   0.638  1.00  0.00           H  ",
  "HETATM    2  CH3 ACE 1   1       1.986   2.161   0.141  1.00  0.00           C  ",
  "ATOM      7  N   ALA 1   2       3.629   3.877  -0.294  1.00  0.00           N  ",
  "CONECT    1    2",
  "CONECT    2    1    7",
  "END",
];

test("atoms are read with names, elements, residues and nm", () => {
  const { atoms, xyz } = readPdb(LINES.join("\n"));
  assert.deepEqual(atoms[1], { name: "CH3", element: "C", residue: "ACE1" });
  assert.equal(atoms.length, 3);
  assert.ok(Math.abs(xyz[4]! - 0.2161) < 1e-15);
});

test("CONECT records speak of serial numbers and give each bond once", () => {
  assert.deepEqual(readPdb(LINES.join("\r\n")).conect, [[0, 1], [1, 2]]); // prettier-ignore
});

test("an element without its column is read from the name", () => {
  const names = [" CA  ALA", "CL   CL ", "1HB  ALA", "HG21 VAL", " N   ALA"];
  const text = names.map((name) => `ATOM      1 ${name} A   1       0.000   0.000   0.000`).join("\n");
  assert.deepEqual(readPdb(text).atoms.map(({ element }) => element), ["C", "Cl", "H", "H", "N"]); // prettier-ignore
});

test("only the first model and the first alternative location are read", () => {
  const second = LINES[2]!.replace("CH3 ACE", "CH3BACE");
  assert.equal(readPdb([LINES[1], LINES[2], second, "ENDMDL", LINES[1]].join("\n")).atoms.length, 2);
});

test("coordinates that are not finite numbers are refused with their line", () => {
  for (const bad of ["     nan", "     inf", "   1.9x6", "        "]) {
    const text = [LINES[0], LINES[1]!.replace("   1.916", bad)].join("\n");
    assert.throws(() => readPdb(text), /readPdb: invalid coordinates in line 2 .*expected three finite numbers/);
  }
});

test("a text without atoms is refused", () => {
  assert.throws(() => readPdb("END\n"), /missing atoms/);
});
