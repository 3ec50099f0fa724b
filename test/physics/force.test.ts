import assert from "node:assert/strict";
import { test } from "node:test";
import {
  expectLayout,
  expectNoCutoff,
  expectNonPeriodic,
  particlesOf,
  positive,
  refuse,
} from "../../src/physics/force";
import { parseXml } from "../../src/physics/xml";

const unsupported = { what: "colour", got: "red", expected: "blue", lost: "it would be grey" };

test("a refusal names the place, the value, what is expected, what would be lost and the remedy", () => {
  const element = parseXml("<Force/>");
  const message =
    "Force: unknown colour (got red), expected blue: otherwise it would be grey; build the System without it";
  assert.throws(() => refuse(element, unsupported), { message });
  assert.throws(() => refuse(element, { ...unsupported, remedy: "paint it" }), /; paint it$/);
});

test("a layout is known up to a version, and with its lists", () => {
  const layout = (xml: string) => () => expectLayout(parseXml(xml), 2, ["Bonds"], { Offsets: "offsets would be lost" });
  layout('<Force version="1"/>')();
  layout('<Force version="2"><Bonds><Bond/></Bonds><Offsets/></Force>')();
  assert.throws(
    layout('<Force version="3"/>'),
    /unknown version of its layout \(got version="3"\), expected at most 2/,
  );
  assert.throws(layout("<Force/>"), /missing attribute version/);
  assert.throws(layout('<Force version="2"><Angles/></Force>'), /unknown list \(got <Angles>\), expected <Bonds>/);
  assert.throws(layout('<Force version="2"><Offsets><a/><a/></Offsets></Force>'), /unknown Offsets \(got 2 of them\), expected none: otherwise offsets would be lost/); // prettier-ignore
});

test("periodic boundaries are refused, and forces from before there were any are not", () => {
  expectNonPeriodic(parseXml("<Force/>"));
  expectNonPeriodic(parseXml('<Force usesPeriodic="0"/>'));
  assert.throws(() => expectNonPeriodic(parseXml('<Force usesPeriodic="1"/>')), /got usesPeriodic="1"/);
});

test("a method is refused by number and, where it has one, by name", () => {
  expectNoCutoff(parseXml('<Force method="0"/>'));
  assert.throws(() => expectNoCutoff(parseXml('<Force method="4"/>')), /got method="4", PME/);
  assert.throws(() => expectNoCutoff(parseXml('<Force method="9"/>')), /got method="9", of no known name/);
  assert.throws(() => expectNoCutoff(parseXml("<Force/>")), /missing attribute method/);
});

test("there is one particle for each atom", () => {
  const force = parseXml('<Force><Particles><Particle q="1"/><Particle q="2"/></Particles></Force>');
  assert.equal(particlesOf(force, 2).length, 2);
  assert.throws(
    () => particlesOf(force, 3),
    /mismatched Particles \(got 2\), expected one for each of the System's 3 atoms/,
  );
});

test("lengths that have to be positive are", () => {
  assert.equal(positive(parseXml("<a/>"), "radius", 0.1), 0.1);
  for (const length of [0, -1, NaN])
    assert.throws(() => positive(parseXml("<a/>"), "radius", length), /a: invalid radius/);
});
