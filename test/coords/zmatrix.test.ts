import assert from "node:assert/strict";
import { test } from "node:test";
import { createCoordinates } from "../../src/coords/coordinates";
import type { Topology } from "../../src/coords/topology";
import { buildCoordinateSpec } from "../../src/coords/zmatrix";
import { createRng } from "../../src/numerics/random";
import { TOLERANCE } from "../tolerances";
import { distance } from "./compare";
import { handedness } from "./handedness";
import { ringMolecule, shippedTopology, topologyOf } from "./molecules";
import { loadReference, SYSTEMS } from "./reference";

const molecules: { name: string; topology: Topology; xyz: Float64Array }[] = [
  ...SYSTEMS.map((name) => ({
    name,
    topology: shippedTopology(name),
    xyz: loadReference(name).conformations[0]!.xyz,
  })),
  { name: "a branched ring", ...ringMolecule() },
];

for (const { name, topology, xyz } of molecules) {
  const spec = buildCoordinateSpec(topology, [], xyz);
  const coordinates = createCoordinates(spec);
  // As a flow proposes them: bonds and angles near the middle (the angles of a rough geometry leave (0, pi) at the ends).
  const random = (seed: number): Float64Array => {
    const rng = createRng(seed);
    return Float64Array.from(coordinates.channels, (channel) =>
      channel === "torsion" ? rng.uniform() : 0.3 + 0.4 * rng.uniform(),
    );
  };

  test(`${name}: the built Z-matrix makes a round trip`, () => {
    assert.equal(coordinates.dof, 3 * topology.atoms.length - 6);
    for (let seed = 0; seed < 20; seed++) {
      const placed = new Float64Array(xyz.length);
      const back = new Float64Array(coordinates.dof);
      const sum = coordinates.place(random(seed), 0, placed) + coordinates.toScaled(placed, back);
      assert.ok(Math.abs(sum) < TOLERANCE.f64, `seed ${seed}`);
      assert.ok(distance(back, random(seed)) < TOLERANCE.f64, `seed ${seed}`);
    }
  });

  test(`${name}: the minimum is the middle of bonds and angles and inside every confined half`, () => {
    const x = new Float64Array(coordinates.dof);
    coordinates.toScaled(xyz, x);
    coordinates.channels.forEach((channel, k) => {
      if (channel === "torsion") assert.ok(x[k]! >= 0 && x[k]! <= 1, `torsion at ${k}: ${x[k]}`);
      else assert.ok(Math.abs(x[k]! - 0.5) < TOLERANCE.f64);
    });
  });

  test(`${name}: no x gives a mirror image or exchanged hydrogens`, () => {
    const confined = [...spec.chiral, ...spec.upperHalf, ...spec.lowerHalf].map((k) => spec.torsions[k]!);
    const expected = confined.map((row) => handedness(xyz, row));
    const placed = new Float64Array(xyz.length);
    for (let seed = 0; seed < 100; seed++) {
      coordinates.place(random(seed), 0, placed);
      assert.deepEqual(confined.map((row) => handedness(placed, row)), expected, `seed ${seed}`); // prettier-ignore
    }
  });
}

test("the built spec of a peptide confines as many torsions as the shipped one", () => {
  for (const name of SYSTEMS) {
    const { spec: shipped, conformations } = loadReference(name);
    const built = buildCoordinateSpec(shippedTopology(name), [], conformations[0]!.xyz);
    assert.equal(built.chiral.length, shipped.chiral.length);
    assert.equal(built.upperHalf.length, shipped.upperHalf.length);
    assert.equal(built.lowerHalf.length, shipped.lowerHalf.length);
  }
});

test("phi and psi of a peptide are torsions of the built Z-matrix", () => {
  const built = buildCoordinateSpec(shippedTopology("aldp"), [], loadReference("aldp").conformations[0]!.xyz);
  const central = built.torsions.map(([, i, j]) => [i, j].sort((a, b) => a - b).join("-"));
  assert.ok(central.includes("6-8") && central.includes("8-14"));
});

test("constraints become constants, whichever way round they are written", () => {
  const { topology, xyz } = ringMolecule();
  const spec = buildCoordinateSpec(topology, [{ i: 6, j: 5, length: 0.096 }, { i: 0, j: 7, length: 0.109 }], xyz); // prettier-ignore
  assert.deepEqual(
    spec.constrained.map(({ bond, length }) => [[...spec.bonds[bond]!].sort((a, b) => a - b), length]),
    [
      [[0, 7], 0.109],
      [[5, 6], 0.096],
    ].sort(),
  );
  assert.equal(createCoordinates(spec).dof, 3 * topology.atoms.length - 8);
});

test("a constraint that closes a ring is refused by name", () => {
  const { topology, xyz } = ringMolecule();
  const ring = [0, 1, 2, 3, 4].map((i) => ({ i, j: (i + 1) % 5, length: 0.15 }));
  assert.throws(() => buildCoordinateSpec(topology, ring, xyz), /invalid constraint between atoms .*MCP1:C.*HBonds/);
});

test("three atoms are enough, two are not, and a straight chain of four is refused", () => {
  const water = topologyOf(["HOH1:O", "HOH1:H1", "HOH1:H2"], [[0, 1], [0, 2]]); // prettier-ignore
  const spec = buildCoordinateSpec(water, [], Float64Array.from([0, 0, 0, 0.1, 0, 0, 0, 0.1, 0]));
  assert.deepEqual(spec.torsions, []);
  assert.equal(createCoordinates(spec).dof, 3);
  const pair = topologyOf(["N1:N1", "N1:N2"], [[0, 1]]);
  assert.throws(() => buildCoordinateSpec(pair, [], new Float64Array(6)), /got 2 atoms\), expected at least 3/);
  const chain = topologyOf(["C1:C1", "C1:C2", "C1:C3", "C1:C4"], [[0, 1], [1, 2], [2, 3]]); // prettier-ignore
  const straight = Float64Array.from([0, 0, 0, 0.13, 0, 0, 0.26, 0, 0, 0.39, 0, 0]);
  assert.throws(() => buildCoordinateSpec(chain, [], straight), /invalid geometry .*off the line 1 .* - 2/);
});
