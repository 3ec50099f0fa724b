import assert from "node:assert/strict";
import { test } from "node:test";
import { atomsOf, listOf, numberOf, parseXml, textOf } from "../../src/physics/xml";
import { assertRefused } from "./shipped";

test("elements, their order and their attributes are kept; declarations, comments, instructions and text are not", () => {
  const root = parseXml('<?xml version="1.0"?><?pi x?><!-- a --><a x="1"><b y=".5"/>text<c/><b y="-2e3"/></a>');
  assert.equal(root.tag, "a");
  assert.deepEqual(root.attributes, { x: "1" });
  assert.deepEqual(root.children.map(({ tag }) => tag), ["b", "c", "b"]); // prettier-ignore
  assert.deepEqual(root.children.map((child) => child.attributes.y), [".5", undefined, "-2e3"]); // prettier-ignore
});

test("an element's place counts its like, names forces, and leaves lists out", () => {
  const root = parseXml('<System v="1"><Forces><Force type="A" name="x"><Bonds><Bond k="1"/><Bond k="2"/></Bonds></Force><Force n="1"/></Forces></System>'); // prettier-ignore
  const [first, second] = listOf(root, "Forces");
  assert.equal(first!.place, 'A "x" (force 0)');
  assert.equal(listOf(first!, "Bonds")[1]!.place, 'A "x" (force 0), Bond 1');
  assert.equal(second!.place, 'Force "" (force 1)');
});

test("a list that is absent is empty", () => {
  assert.deepEqual(listOf(parseXml("<a/>"), "Bonds"), []);
});

test("numbers are read as OpenMM writes them, and nothing else is a number", () => {
  const read = (text: string): number => numberOf(parseXml(`<a k="${text}"/>`), "k");
  assert.deepEqual([".109", "-2e-05", "0", "284512", "+1"].map(read), [0.109, -2e-5, 0, 284512, 1]);
  for (const text of ["", " ", "inf", "nan", "Infinity", "1e999", "1,5", "1 2", "&#49;", "0x10"]) {
    assert.throws(() => read(text), /^Error: a: invalid k \(got ".*"\), expected a finite number/s, text);
  }
});

test("a missing attribute is named with those that are there", () => {
  assert.throws(() => textOf(parseXml('<a x="1" y="2"/>'), "z"), /^Error: a: missing attribute z \(got x, y\)/);
  assert.throws(() => textOf(parseXml("<a/>"), "z"), /\(got none\)/);
});

test("atoms are distinct and within the system", () => {
  const bond = parseXml('<a p1="0" p2="3"/>');
  assert.deepEqual(atomsOf(bond, ["p1", "p2"], 4), [0, 3]);
  assert.throws(
    () => atomsOf(bond, ["p1", "p2"], 3),
    /a: invalid atoms \(got 0, 3\), expected distinct integers from 0 to 2/,
  );
  assert.throws(() => atomsOf(bond, ["p1", "p1"], 4), /invalid atoms \(got 0, 0\)/);
});

test("text that is not XML is refused with its beginning and the place", () => {
  const remedy = "XmlSerializer.serialize(system)";
  for (const text of ["", "  \n", "data/aldp/system.xml", "{}", "<System>", "<System><Forces></System>", '<a x="1/>']) {
    assertRefused(text, "parseXml: invalid XML", "line ", remedy);
  }
});

test("more than one root is refused", () => {
  assertRefused("<a/><b/>", "parseXml: invalid root of the document", "got <a>, <b>");
});

test("document types are refused, so that no entity is ever expanded or read over", () => {
  const bomb = '<!DOCTYPE System [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><System version="1">&b;</System>';
  assertRefused(bomb, "parseXml: invalid document type declaration", '"<!DOCTYPE System"', "entities");
  assertRefused('<?xml version="1.0"?><!doctype html><html/>', "document type declaration", "<!doctype html");
  assertRefused('<!DOCTYPE a SYSTEM "file:///etc/passwd"><System/>', "document type declaration");
});
