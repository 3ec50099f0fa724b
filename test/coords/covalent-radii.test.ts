import assert from "node:assert/strict";
import { test } from "node:test";
import { isBondLength } from "../../src/coords/covalent-radii";

test("bonds of force fields are bonds, distances of second neighbours are not", () => {
  const bonds = [["C", "C", 0.1526], ["C", "H", 0.109], ["N", "H", 0.101], ["S", "S", 0.204], ["C", "Br", 0.194], ["P", "O", 0.161], ["H", "H", 0.074]] as const; // prettier-ignore
  for (const [a, b, length] of bonds) assert.ok(isBondLength(a, b, length), `${a}-${b}`);
  // as CHARMM36 has them between the ends of an angle
  const springs = [["C", "H", 0.2179], ["C", "C", 0.25], ["H", "H", 0.1802], ["C", "N", 0.2365], ["O", "O", 0.2225]] as const; // prettier-ignore
  for (const [a, b, length] of springs) assert.ok(!isBondLength(a, b, length), `${a}...${b}`);
  assert.ok(isBondLength("Zn", "S", 0.23));
});
