import assert from "node:assert/strict";
import { test } from "node:test";
import { matchExpression, parseExpression } from "../../src/physics/expression";

const TEMPLATE = { formula: "#scale*(x+y)^2", definitions: { y: "#a-#b*z", z: "f(x)" } };
const match = (text: string) => matchExpression(parseExpression(text), TEMPLATE);

test("an expression is its formula and its definitions, without blanks", () => {
  assert.deepEqual(parseExpression(" a + b ; b = c ;c=1"), {
    formula: "a+b",
    definitions: [{ name: "b", value: "c" }, { name: "c", value: "1" }], // prettier-ignore
  });
  assert.deepEqual(parseExpression(""), { formula: "", definitions: [] });
});

test("the numbers of a known expression are read, however they are written and in whatever order of definitions", () => {
  assert.deepEqual({ ...match("2.5*(x+y)^2; y=.5-3e-2*z; z=f(x)") }, { scale: 2.5, a: 0.5, b: 0.03 });
  assert.deepEqual({ ...match("2 * (x + y)^2; z = f(x); y = 1. - 4E+1*z") }, { scale: 2, a: 1, b: 40 });
});

test("an expression that differs in anything else is not known", () => {
  const others = {
    formula: "2*(x-y)^2; y=1-2*z; z=f(x)",
    sign: "-2*(x+y)^2; y=1-2*z; z=f(x)",
    "a name for a number": "k*(x+y)^2; y=1-2*z; z=f(x)",
    "something after": "2*(x+y)^2+1; y=1-2*z; z=f(x)",
    "a definition": "2*(x+y)^2; y=1-2*z; z=g(x)",
    "one definition fewer": "2*(x+y)^2; y=1-2*z",
    "one more": "2*(x+y)^2; y=1-2*z; z=f(x); w=1",
    "another name": "2*(x+y)^2; y=1-2*z; w=f(x)",
    "a name twice": "2*(x+y)^2; y=1-2*z; y=1-2*z",
    "two values": "2*(x+y)^2; y=1-2*z; z=f(x); z=f(x)",
    "a point for a product": "2.(x+y)^2; y=1-2*z; z=f(x)",
    nothing: "",
  };
  for (const [what, text] of Object.entries(others)) assert.equal(match(text), null, what);
});
