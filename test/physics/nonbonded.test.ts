import assert from "node:assert/strict";
import { test } from "node:test";
import { createNonbondedTerm, type NonbondedData } from "../../src/physics/nonbonded";
import { createPairDistances } from "../../src/physics/pair-distances";
import { readSystem } from "../../src/physics/system";
import { overPairs, type EnergyTerm } from "../../src/physics/term";
import { TOLERANCE } from "../tolerances";
import { assertGradient, cloud } from "./geometry";
import { assertRefused, editedForce, shippedXml } from "./shipped";

const C = 138.93545764438198; // kJ nm / mol / e^2, in OpenMM's NonbondedForce
const ATOMS = [
  { charge: 0.5, sigma: 0.3, epsilon: 0.4 },
  { charge: -1, sigma: 0.2, epsilon: 0.9 },
  { charge: 0, sigma: 0.25, epsilon: 0.1 },
  { charge: 0.3, sigma: 0.1, epsilon: 0 },
];

function termOf(
  exceptions: NonbondedData["exceptions"] = [],
  particles: NonbondedData["particles"] = ATOMS,
): EnergyTerm {
  const term = createNonbondedTerm({ type: "nonbonded", coulomb: C, particles, exceptions });
  return overPairs(term.name, createPairDistances(particles.length), [term]);
}

const apart = (r: number): Float64Array => Float64Array.of(0, 0, 0, r, 0, 0);
const lennardJones = (r: number, sigma: number, epsilon: number): number =>
  4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6);

test("two atoms follow the Lorentz-Berthelot rules and Coulomb's law", () => {
  for (const r of [0.2, 0.25 * 2 ** (1 / 6), 0.7, 20]) {
    const expected = lennardJones(r, 0.25, 0.6) - (0.5 * C) / r;
    const energy = termOf([], ATOMS.slice(0, 2)).evaluate(apart(r), null);
    assert.ok(Math.abs(energy - expected) <= TOLERANCE.f64 * Math.abs(expected), `r ${r}`);
  }
});

test("an exception, in either order of its atoms, replaces charges and rules; with zeros it excludes the pair", () => {
  const [a, b] = ATOMS as [(typeof ATOMS)[0], (typeof ATOMS)[0]];
  for (const [i, j] of [
    [0, 1],
    [1, 0],
  ] as const) {
    // prettier-ignore
    const scaled = termOf([{ i, j, chargeProduct: 0.2, sigma: 0.3, epsilon: 0.7 }], [a, b]);
    const expected = lennardJones(0.4, 0.3, 0.7) + (0.2 * C) / 0.4;
    assert.ok(Math.abs(scaled.evaluate(apart(0.4), null) - expected) <= TOLERANCE.f64 * expected);
    const excluded = termOf([{ i, j, chargeProduct: 0, sigma: 1, epsilon: 0 }], [a, b]);
    assert.equal(excluded.evaluate(apart(0), new Float64Array(6)), 0);
  }
});

test("an atom without Lennard-Jones parameters keeps its charge, and one without a charge its parameters", () => {
  const [charged, , neutral, bare] = ATOMS as [(typeof ATOMS)[0], unknown, (typeof ATOMS)[0], (typeof ATOMS)[0]];
  const coulomb = termOf([], [charged, bare]).evaluate(apart(0.3), null);
  assert.ok(Math.abs(coulomb / ((0.15 * C) / 0.3) - 1) <= TOLERANCE.f64);
  const dispersion = termOf([], [charged, neutral]).evaluate(apart(0.3), null);
  assert.ok(Math.abs(dispersion / lennardJones(0.3, 0.275, 0.2) - 1) <= TOLERANCE.f64);
});

test("one atom alone costs nothing", () => {
  assert.equal(termOf([], ATOMS.slice(0, 1)).evaluate(Float64Array.of(1, 2, 3), new Float64Array(3)), 0);
});

test("the gradient is the derivative, with exceptions and without", () => {
  for (const seed of [1, 2, 3]) {
    assertGradient(termOf(), cloud(4, 0.4, seed), `seed ${seed}`);
    const exceptions = [
      { i: 2, j: 0, chargeProduct: 0, sigma: 1, epsilon: 0 },
      { i: 1, j: 3, chargeProduct: 0.4, sigma: 0.2, epsilon: 0.3 },
    ];
    assertGradient(termOf(exceptions), cloud(4, 0.4, seed), `exceptions, seed ${seed}`);
  }
});

test("interacting atoms in one place have no finite energy, and nothing throws", () => {
  assert.ok(!Number.isFinite(termOf([], ATOMS.slice(0, 2)).evaluate(apart(0), new Float64Array(6))));
});

test("what a NonbondedForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(
      editedForce("aldp", "NonbondedForce", from, to),
      'NonbondedForce "NonbondedForce" (force 3)',
      ...parts,
    );
  const methods = { 1: "CutoffNonPeriodic", 2: "CutoffPeriodic", 3: "Ewald", 4: "PME", 5: "LJPME" };
  for (const [method, name] of Object.entries(methods)) {
    refused(
      'method="0"',
      `method="${method}"`,
      "nonbonded method",
      `method="${method}", ${name}`,
      "nonbondedMethod=NoCutoff",
    );
  }
  refused('includeDirectSpace="1"', 'includeDirectSpace="0"', 'includeDirectSpace="0"', "setIncludeDirectSpace(True)");
  refused('version="4"', 'version="5"', 'version="5"', "at most 4");
  refused("<ParticleOffsets/>", "<ParticleOffsets><Offset/></ParticleOffsets>", "ParticleOffsets", "got 1 of them");
  refused(
    "<ExceptionOffsets/>",
    "<ExceptionOffsets><Offset/></ExceptionOffsets>",
    "ExceptionOffsets",
    "global parameters",
  );
  refused(
    "</Particles>",
    '<Particle eps="0" q="0" sig="1"/></Particles>',
    "mismatched Particles",
    "got 23",
    "22 atoms",
  );
  refused(/<Particle [^>]*>/, "", "mismatched Particles", "got 21");
  refused(/(?<=<Exception .*)p1="\d+" p2="\d+"/, 'p1="4" p2="9"', "invalid pair of atoms", "4 and 9 again");
  refused(/(?<=<Exception .*)p1="5"/, 'p1="22"', "Exception 0: invalid atoms", "22, 7");
  refused(/(?<=<Particle .*) q="[^"]*"/, ' q="?"', "Particle 0: invalid q", '"?"');
});

test("settings that have no effect without a cutoff are read over", () => {
  const settings = [
    ['dispersionCorrection="1"', 'dispersionCorrection="0"'],
    ['useSwitchingFunction="0"', 'useSwitchingFunction="1"'],
    ['exceptionsUsePeriodic="0"', 'exceptionsUsePeriodic="1"'],
    ['rfDielectric="1"', 'rfDielectric="78.3"'],
    ["<GlobalParameters/>", '<GlobalParameters><Parameter default="1" name="lambda"/></GlobalParameters>'],
  ] as const;
  const before = readSystem(shippedXml("aldp"));
  for (const [from, to] of settings) {
    assert.deepEqual(readSystem(editedForce("aldp", "NonbondedForce", from, to)), before);
  }
});
