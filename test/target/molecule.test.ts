import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { createScaling } from "../../src/coords/scaling";
import { dataPath } from "../../src/io/paths";
import { filesOf } from "../molecules/fixtures";
import { loadSystem, ramachandranPairs, SHIPPED_SYSTEMS } from "../../src/target/molecule";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-molecule-"));
after(() => rmSync(folder, { recursive: true }));

const shipped = (name: string) => ({ systemXml: dataPath(name, "system.xml"), pdb: dataPath(name, "topology.pdb") });
/** A changed copy of a shipped file. */
function changed(file: string, change: (text: string) => string): string {
  const copy = path.join(folder, path.basename(file));
  writeFileSync(copy, change(readFileSync(file, "utf8")));
  return copy;
}

const EXPECTED = {
  aldp: { atoms: 22, dof: 60, constraints: 0, ramachandran: [[4, 11]] },
  tetra: { atoms: 42, dof: 98, constraints: 22, ramachandran: [[0, 1], [3, 4], [6, 7]] }, // prettier-ignore
  hexa: { atoms: 62, dof: 148, constraints: 32, ramachandran: [[0, 1], [3, 4], [6, 7], [9, 10], [12, 13]] }, // prettier-ignore
};

for (const name of SHIPPED_SYSTEMS) {
  test(`${name} loads with the sizes of the paper, as plain data`, () => {
    const molecule = loadSystem(name);
    const { system, coordinates, ramachandran } = molecule;
    assert.deepEqual(
      {
        atoms: system.atoms,
        dof: createScaling(coordinates).channels.length,
        constraints: system.constraints.length,
        ramachandran,
      },
      EXPECTED[name],
    );
    assert.equal(molecule.name, name);
    assert.deepEqual(structuredClone(molecule), molecule);
  });

  test(`${name}: the atoms of the Z-matrix are those of the PDB`, () => {
    const { atomNames } = JSON.parse(readFileSync(dataPath(name, "coordinates.json"), "utf8")) as {
      atomNames: string[];
    };
    assert.deepEqual(loadSystem(name).topology.atoms.map(({ residue, name: atom }) => `${residue}:${atom}`), atomNames); // prettier-ignore
  });

  test(`${name}: the backbone torsions of the paper are found by name`, () => {
    const { topology, coordinates, ramachandran } = loadSystem(name);
    assert.deepEqual(ramachandranPairs(topology, coordinates), ramachandran);
  });

  test(`${name}: from its files alone it gets a Z-matrix with as many degrees of freedom and backbone torsions`, () => {
    const { coordinates, ramachandran } = loadSystem(shipped(name));
    assert.equal(createScaling(coordinates).channels.length, EXPECTED[name].dof);
    assert.equal(ramachandran.length, EXPECTED[name].ramachandran.length);
  });
}

test("an unknown name is refused with the known ones", () => {
  assert.throws(() => loadSystem("hepta"), /unknown system \(got "hepta"\), expected one of aldp, tetra, hexa; .*pdb/);
});

test("a missing file is refused by its path", () => {
  const systemXml = path.join(folder, "nowhere.xml");
  assert.throws(() => loadSystem({ ...shipped("aldp"), systemXml }), /missing file .*nowhere\.xml \(got ENOENT\)/);
});

test("a malformed system.xml is refused", () => {
  const systemXml = changed(dataPath("aldp", "system.xml"), (text) => text.slice(0, 5000));
  assert.throws(() => loadSystem({ ...shipped("aldp"), systemXml }), /loadSystem .*system\.xml: parseXml: invalid XML/);
});

test("a PDB with another number of atoms is refused with both numbers", () => {
  const files = { systemXml: dataPath("aldp", "system.xml"), pdb: dataPath("tetra", "topology.pdb") };
  assert.throws(() => loadSystem(files), /mismatched atom count \(got 42 in the PDB\), expected the system's 22/);
});

test("a PDB with coordinates that are not finite is refused by the line", () => {
  const pdb = changed(dataPath("aldp", "topology.pdb"), (text) => text.replace("   1.916", "     nan"));
  assert.throws(
    () => loadSystem({ ...shipped("aldp"), pdb }),
    /loadSystem .*topology\.pdb: readPdb: invalid coordinates in line 2/,
  );
});

test("coordinates of another molecule, or with other constraints, are refused", () => {
  const { coordinates } = loadSystem("tetra");
  assert.throws(() => loadSystem({ ...shipped("aldp"), coordinates }), /mismatched coordinates \(got 42 atoms\).* 22/);
  const free = { ...coordinates, constrained: coordinates.constrained.slice(1) };
  assert.throws(
    () => loadSystem({ ...shipped("tetra"), coordinates: free }),
    /mismatched constraints \(got 21 .* 22; first that differs: 0 \(ACE1:CH3\) - 1 \(ACE1:H1\), 0.109 nm/,
  );
});

test("one's own molecule is centred on its minimum, unless its structure is to be kept", () => {
  const files = filesOf("ala3-charmm");
  const relaxed = loadSystem({ ...files, name: "ala3" });
  assert.equal(relaxed.name, "ala3");
  assert.ok(relaxed.relaxation!.converged && relaxed.relaxation!.after < relaxed.relaxation!.before - 1);
  const kept = loadSystem({ ...files, relax: false });
  assert.equal(kept.relaxation, null);
  assert.deepEqual(kept.coordinates.zMatrix, relaxed.coordinates.zMatrix);
  assert.notDeepEqual(kept.coordinates.minimum, relaxed.coordinates.minimum);
  assert.deepEqual(loadSystem({ ...files, coordinates: kept.coordinates }).coordinates, kept.coordinates);
  assert.deepEqual(loadSystem({ ...files, coordinates: { chiral: [] } }).coordinates.chiral, []);
});

test("a backbone torsion that is confined is no axis of a Ramachandran plot", () => {
  const [[phi]] = loadSystem(filesOf("ser-gbn")).ramachandran as [[number, number]];
  const ranges = [{ torsion: phi, centre: 0.3, width: 0.5 }];
  assert.deepEqual(loadSystem({ ...filesOf("ser-gbn"), coordinates: { ranges } }).ramachandran, []);
});

test("springs between second neighbours are no bonds", () => {
  const { topology, system } = loadSystem(filesOf("ala3-charmm"));
  const springs = system.forces.flatMap((force) => (force.type === "bond" ? force.bonds : []));
  assert.ok(springs.length > topology.bonds.length);
  assert.equal(topology.bonds.length, system.atoms - 1);
});

test("a structure whose atoms lie on each other is refused", () => {
  const [first, second] = readFileSync(dataPath("aldp", "topology.pdb"), "utf8").match(/^(ATOM|HETATM).*$/gm)!;
  const pdb = changed(dataPath("aldp", "topology.pdb"), (text) => {
    return text.replace(second!, second!.slice(0, 30) + first!.slice(30, 54) + second!.slice(54));
  });
  assert.throws(() => loadSystem({ ...shipped("aldp"), pdb }), /invalid (structure|geometry)/);
});
