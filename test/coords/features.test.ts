import assert from "node:assert/strict";
import { test } from "node:test";
import { coordinateFeatures } from "../../src/coords/features";
import { buildCoordinateSpec } from "../../src/coords/zmatrix";
import { loadSystem } from "../../src/target/molecule";
import { filesOf } from "../molecules/fixtures";
import { ringMolecule } from "./molecules";

/** How many of each kind, and the residue and name of the atom that each torsion places. */
function featuresOf(molecule: string) {
  const { topology, coordinates } = loadSystem(filesOf(molecule));
  const features = coordinateFeatures(topology, coordinates);
  const count = new Map<string, number>();
  for (const { kind } of features) count.set(kind, (count.get(kind) ?? 0) + 1);
  return { features, count: Object.fromEntries(count), topology, coordinates };
}

test("what a zwitterionic tetrapeptide Glu-Leu-Ile-Leu has is found", () => {
  assert.deepEqual(featuresOf("elil-obc2").count, {
    NH3: 2, // two torsions confined of the three hydrogens
    "chiral centre": 5, // four C-alpha, and C-beta of isoleucine
    CH2: 10,
    "trans peptide bond": 3,
    "centre with equivalent neighbours": 2, // C-gamma of both leucines
    CH3: 12,
  });
});

test("rings, planes and amides are found in any molecule, and prolines are no planes", () => {
  assert.equal(featuresOf("trp-vacuum").count["planar ring"], 12);
  assert.equal(featuresOf("phe-obc2").count["planar ring"], 8);
  assert.equal(featuresOf("pro-hct").count["puckered ring"], 1);
  assert.equal(featuresOf("pro-hct").count["planar ring"], undefined);
  const { features, coordinates, topology } = featuresOf("paracetamol");
  const amide = features.find(({ kind }) => kind.endsWith("peptide bond"))!;
  const names = coordinates.torsions[amide.torsion]!.map((atom) => topology.atoms[atom]!.name);
  assert.deepEqual(names.slice(1, 3).sort(), ["C7", "N1"]);
});

test("ranges are those that x in [0, 1] spans, and hold the minimum", () => {
  for (const molecule of ["elil-obc2", "trp-vacuum", "pro-hct"]) {
    for (const { atMinimum, from, to, kind } of featuresOf(molecule).features) {
      const turned = [atMinimum - 360, atMinimum, atMinimum + 360];
      assert.ok(turned.some((angle) => from <= angle && angle <= to), `${molecule}: ${kind} at ${atMinimum}`); // prettier-ignore
    }
  }
});

test("a range that was given counts under what it confines, or by itself", () => {
  const confined = (torsion: number) => {
    const ranges = [{ torsion, centre: 1, width: 0.5 }];
    const { topology, coordinates } = loadSystem({ ...filesOf("ser-gbn"), coordinates: { ranges } });
    return coordinateFeatures(topology, coordinates).find((feature) => feature.torsion === torsion);
  };
  assert.deepEqual([confined(4)?.kind, confined(4)?.from, confined(4)?.to], ["trans peptide bond", 90, 270]);
  assert.equal(confined(6)?.kind, "range given");
});

test("what is given in the place of the rules is kept", () => {
  const { topology, xyz } = ringMolecule();
  const built = buildCoordinateSpec(topology, [], xyz);
  assert.equal(built.ranges?.length, 1);
  const ranges = [{ torsion: 0, centre: 0.5, width: 0.5 }];
  assert.deepEqual(buildCoordinateSpec(topology, [], xyz, { chiral: [], ranges }), { ...built, chiral: [], ranges });
  assert.throws(
    () => buildCoordinateSpec(topology, [], xyz, { zMatrix: built.zMatrix.slice(1) }),
    /mismatched Z-matrix/,
  );
});
