import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnergy } from "../../src/physics/energy";
import { readSystem } from "../../src/physics/system";
import { referenceOf, xmlOf } from "../molecules/fixtures";
import { TOLERANCE } from "../tolerances";
import { assertRefused, edited } from "./shipped";

const xml = xmlOf("ala3-charmm");
const LOOKED_UP = "acoef(type1, type2)/r^12 - bcoef(type1, type2)/r^6;";

test("a table of roots, as CharmmPsfFile writes it, gives the energies of a table of coefficients", () => {
  const roots = edited(xml, LOOKED_UP, "(a/r6)^2-b/r6; r6=r^6;a=acoef(type1, type2);b=bcoef(type1, type2)").replace(
    /(<Function name="acoef"[\s\S]*?<\/Function>)/,
    (table) => table.replace(/v="([^"]*)"/g, (_, value: string) => `v="${Math.sqrt(Number(value))}"`),
  );
  const { xyz } = referenceOf("ala3-charmm")[0]!;
  const [got, expected] = [roots, xml].map((text) => createEnergy(readSystem(text)).evaluate(xyz, null));
  assert.ok(Math.abs(got! / expected! - 1) <= TOLERANCE.f64);
});

test("what a CustomNonbondedForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(edited(xml, from, to), 'CustomNonbondedForce "LennardJones" (force 4)', ...parts);
  refused(LOOKED_UP, "acoef(type1, type2)/r^9", "unknown expression", "acoef(type1, type2)/r^9", "looked-up");
  refused("<ComputedValues/>", "<ComputedValues><Value/></ComputedValues>", "ComputedValues");
  refused("<InteractionGroups/>", "<InteractionGroups><Group/></InteractionGroups>", "outside the groups");
  refused('<Parameter name="type"/>', '<Parameter name="kind"/>', "PerParticleParameters", "kind");
  refused(
    /<Function name="bcoef"/,
    '<Function name="ccoef"',
    "tabulated functions",
    "acoef of size 9, ccoef of size 9",
  );
  refused('type="Discrete2DFunction" version="1" xsize="9"', 'type="Discrete2DFunction" version="1" xsize="8"', "mismatched table", "8 times 9 with 81"); // prettier-ignore
  refused('type="Discrete2DFunction"', 'type="Continuous2DFunction"', "unknown function", "Continuous2DFunction");
  refused('<Particle param1="6"/>', '<Particle param1="9"/>', "invalid index param1", "from 0 to 8");
  refused('<Particle param1="6"/>', "", "mismatched Particles");
});

test("what a CustomBondForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(edited(xml, from, to), 'CustomBondForce "LennardJones14" (force 7)', ...parts);
  refused("4*epsilon*((sigma/r)^12-(sigma/r)^6)", "k*(r-r0)^2", "unknown expression", '"k*(r-r0)^2"', "Lennard-Jones");
  refused('<Parameter name="sigma"/>', '<Parameter name="radius"/>', "PerBondParameters", "radius, epsilon");
});
