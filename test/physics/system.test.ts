import assert from "node:assert/strict";
import { test } from "node:test";
import { readSystem } from "../../src/physics/system";
import { SYSTEMS } from "../coords/reference";
import { assertRefused, edited, editedForce, shippedSystem, shippedXml } from "./shipped";

const SIZES = { aldp: [22, 0], tetra: [42, 22], hexa: [62, 32] } as const; // atoms and constraints, as the paper's systems have them

for (const name of SYSTEMS) {
  test(`${name}: a shipped system is read into plain data`, () => {
    const system = shippedSystem(name);
    assert.deepEqual([system.atoms, system.constraints.length], SIZES[name]);
    assert.equal(system.masses.length, system.atoms);
    assert.deepEqual(system.forces.map(({ type }) => type).sort(), ["angle", "bond", "implicit solvent", "nonbonded", "torsion"]); // prettier-ignore
    assert.deepEqual(structuredClone(system), system);
  });
}

test("the first constraint of tetra holds the first C-H bond", () => {
  assert.deepEqual(shippedSystem("tetra").constraints[0], { i: 0, j: 1, length: 0.109 });
});

test("forces that act on velocities alone are read over", () => {
  const thermostat = '<Force type="AndersenThermostat" version="1" temperature="300"/></Forces>';
  assert.deepEqual(readSystem(edited(shippedXml("aldp"), "</Forces>", thermostat)), shippedSystem("aldp"));
});

test("a force of another type is refused with its index, its energy and what is known", () => {
  const xml = edited(
    shippedXml("aldp"),
    "</Forces>",
    '<Force type="CustomExternalForce" name="restraint" version="3"/></Forces>',
  );
  assertRefused(xml, 'CustomExternalForce "restraint" (force 6): unknown type of force', "got CustomExternalForce", "HarmonicBondForce", "its energy would be missing"); // prettier-ignore
  assertRefused(edited(xml, "CustomExternalForce", "MonteCarloBarostat"), "got MonteCarloBarostat");
  assertRefused(
    editedForce("aldp", "HarmonicBondForce", ' type="HarmonicBondForce"', ""),
    "(force 0): missing attribute type",
  );
});

test("a virtual site is refused by its index", () => {
  const site = '<Particle mass="0"><TwoParticleAverage p1="0" p2="1" w1=".5" w2=".5"/></Particle>';
  const xml = edited(shippedXml("aldp"), '<Particle mass="12.01"/>', site);
  assertRefused(xml, "System, Particle 1: unknown virtual site", "<TwoParticleAverage>", "would not follow");
});

test("a system without atoms, or with bad masses or constraints, is refused", () => {
  assertRefused('<System version="1"><Particles/><Forces/></System>', "readSystem: missing Particles");
  assertRefused(edited(shippedXml("aldp"), ' mass="1.008"', ""), "System, Particle 0: missing attribute mass");
  assertRefused(
    edited(shippedXml("aldp"), 'mass="1.008"', 'mass="heavy"'),
    "System, Particle 0: invalid mass",
    '"heavy"',
  );
  const constraint = (p2: string): string =>
    edited(shippedXml("tetra"), 'd=".109" p1="0" p2="1"', `d=".109" p1="0" p2="${p2}"`);
  assertRefused(constraint("42"), "System, Constraint 0: invalid atoms", "0, 42", "from 0 to 41");
  assertRefused(constraint("0"), "System, Constraint 0: invalid atoms", "0, 0", "distinct");
});

test("a list or a layout that is not known is refused", () => {
  assertRefused(
    edited(shippedXml("aldp"), "<Constraints/>", "<Constraints/><Barriers/>"),
    "System: unknown list",
    "<Barriers>",
  );
  assertRefused(edited(shippedXml("aldp"), 'type="System" version="1"', 'type="System" version="2"'), "System: unknown version", 'version="2"'); // prettier-ignore
});

test("a document that is not a System is refused with what it is", () => {
  assertRefused(
    '<State version="1"/>',
    "readSystem: unknown document",
    "<State>",
    "expected <System>",
    "XmlSerializer.serialize(system)",
  );
  assertRefused("<ForceField/>", "<ForceField>");
});
