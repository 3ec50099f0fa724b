import assert from "node:assert/strict";
import { test } from "node:test";
import { createEnergy } from "../../src/physics/energy";
import { readSystem } from "../../src/physics/system";
import { relativeDistance } from "../coords/compare";
import { xmlOf } from "../molecules/fixtures";
import { TOLERANCE } from "../tolerances";
import { assertGradient, jittered } from "./geometry";
import { assertRefused, edited, editedForce, fixtureRows, forceOf, shippedSystem, shippedXml } from "./shipped";

const OBC1 = "tanh(0.8*psi+2.909125*psi^3)";
const OBC2 = "tanh(psi-0.8*psi^2+4.85*psi^3)"; // as GBSAOBC2Force in openmm.app.internal.customgbforces

test("the constants of the expressions are read out of them", () => {
  const { born, polar, surface } = forceOf(shippedSystem("aldp"), "implicit solvent");
  assert.deepEqual(born.rescaling, [0.8, 0, 2.909125]);
  assert.equal(born.engulfing, false);
  assert.equal(polar.pair, -138.935485 * (1 - 1 / 78.5));
  assert.equal(polar.self, -0.5 * 138.935485 * (1 - 1 / 78.5));
  assert.equal(surface?.factor, 28.3919551);
  assert.equal(surface?.probe, 0.14);
});

test("changed constants are followed, wherever they stand", () => {
  const read = (from: string, to: string) =>
    forceOf(readSystem(edited(shippedXml("aldp"), from, to)), "implicit solvent");
  assert.deepEqual(read(OBC1, "tanh(.9*psi + 3e0*psi^3)").born.rescaling, [0.9, 0, 3]);
  assert.deepEqual(read(OBC1, "tanh(psi-0.7*psi^2+4.1*psi^3)").born.rescaling, [1, 0.7, 4.1]);
  assert.equal(read("solventDielectric=78.5", "solventDielectric=10").polar.self, -0.5 * 138.935485 * (1 - 1 / 10));
  assert.equal(read("28.3919551*(radius+0.14)", "2.5e+01 * (radius + 0.15)").surface?.factor, 25);
  assert.equal(read("kappa=0;", "kappa=0.0;").polar.pair, -138.935485 * (1 - 1 / 78.5));
});

test("the surface term may be absent", () => {
  const xml = editedForce("aldp", "CustomGBForce", /<Term expression="28[^>]*>/, "");
  assert.equal(forceOf(readSystem(xml), "implicit solvent").surface, null);
  assert.ok(createEnergy(readSystem(xml)).terms.every((term) => term.name !== "surface area"));
});

/** The shipped CustomGBForce turned into OBC2, and a GBSAOBCForce of the same atoms. */
function twins(): { custom: string; builtIn: string } {
  const xml = shippedXml("aldp");
  const custom = edited(xml, OBC1, OBC2);
  const force = /<Force [^>]*type="CustomGBForce"[\s\S]*?<\/Force>/.exec(xml)![0];
  const particles = [...force.matchAll(/<Particle param1="([^"]*)" param2="([^"]*)" param3="([^"]*)"\/>/g)].map(
    ([, q, or, sr]) => `<Particle q="${q}" r="${Number(or) + 0.009}" scale="${Number(sr) / Number(or)}"/>`,
  );
  assert.equal(particles.length, 22);
  const builtIn =
    '<Force cutoff="1" method="0" name="twin" soluteDielectric="1" solventDielectric="78.5" surfaceAreaEnergy="2.25936" ' +
    `type="GBSAOBCForce" version="2"><Particles>${particles.join("")}</Particles></Force>`;
  return { custom, builtIn: edited(xml, force, builtIn) };
}

test("OBC2 as a CustomGBForce is the GBSAOBCForce, but for the digits of its constants", () => {
  const { custom, builtIn } = twins();
  const [a, b] = [custom, builtIn].map((xml) => createEnergy(readSystem(xml))) as [
    ReturnType<typeof createEnergy>,
    ReturnType<typeof createEnergy>,
  ];
  // Coulomb's constant is 138.935485 in the expressions, the surface factor 28.3919551 for 4 pi 2.25936.
  const ratios = {
    "generalized Born": 138.935485 / 138.93545764438198,
    "surface area": 28.3919551 / (4 * Math.PI * 2.25936),
  };
  for (const [name, ratio] of Object.entries(ratios)) {
    const [inCustom, inBuiltIn] = [a, b].map((energy) => energy.terms.find((term) => term.name === name)!);
    for (const xyz of fixtureRows("aldp", "xyz_nm").slice(0, 48)) {
      const [customGradient, builtInGradient] = [new Float64Array(66), new Float64Array(66)];
      const expected = ratio * inBuiltIn!.evaluate(xyz, builtInGradient);
      const got = inCustom!.evaluate(xyz, customGradient);
      assert.ok(Math.abs(got / expected - 1) <= TOLERANCE.f64, name);
      const scaled = builtInGradient.map((value) => ratio * value);
      assert.ok(relativeDistance(customGradient, scaled) <= TOLERANCE.f64, name);
    }
  }
});

test("OBC2 as a CustomGBForce leaves out the engulfing term, which tells it apart where an atom lies inside a sphere", () => {
  const { custom, builtIn } = twins();
  const [a, b] = [custom, builtIn].map((xml) => createEnergy(readSystem(xml)));
  const xyz = fixtureRows("aldp", "xyz_nm")[0]!.slice();
  for (const k of [0, 1, 2]) xyz[k] = xyz[3 + k]! + 1e-3; // the first hydrogen into its carbon
  const born = (energy: typeof a) => energy!.terms.find(({ name }) => name === "generalized Born")!.evaluate(xyz, null);
  assert.ok(Math.abs(born(a) / born(b) - 1) > 1e-4);
});

test("the gradient of OBC2 as a CustomGBForce is the derivative", () => {
  const { terms } = createEnergy(readSystem(twins().custom));
  const xyz = jittered(fixtureRows("aldp", "xyz_nm")[5]!, 0.003, 5);
  for (const term of terms) assertGradient(term, xyz, term.name);
});

test("what a CustomGBForce cannot hold here is refused by name", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(editedForce("aldp", "CustomGBForce", from, to), 'CustomGBForce "CustomGBForce" (force 4)', ...parts);
  refused('method="0"', 'method="2"', "nonbonded method", "CutoffPeriodic");
  refused('version="2"', 'version="3"', 'version="3"');
  refused(
    "<GlobalParameters/>",
    '<GlobalParameters><Parameter default="1" name="x"/></GlobalParameters>',
    "GlobalParameters",
  );
  refused("<Exclusions/>", '<Exclusions><Exclusion p1="0" p2="1"/></Exclusions>', "Exclusions", "got 1 of them");
  refused(
    "<Functions/>",
    '<Functions><Function name="neck" type="Discrete2DFunction" xsize="1" ysize="1"><Values><Value v="1"/></Values></Function></Functions>',
    "tabulated functions",
    "neck of size 1",
    "expected none",
  );
  refused(
    "<EnergyParameterDerivatives/>",
    '<EnergyParameterDerivatives><Parameter name="x"/></EnergyParameterDerivatives>',
    "EnergyParameterDerivatives",
  );
  refused('<Parameter name="or"/>', "", "PerParticleParameters", "charge, sr");
  refused('<Parameter name="or"/>', '<Parameter name="radius"/>', "PerParticleParameters", "charge, radius, sr");
  refused('name="I"', 'name="J"', "ComputedValues", "J, B", "I, B");
  refused(/<Value .*name="I".*>/, "", "ComputedValues", "got B");
  refused(/param2="[^"]*"/, 'param2="0"', "Particle 0: invalid radius", "got 0 nm");
  refused(/param3="[^"]*"/, "", "Particle 0: missing attribute param3");
  refused(
    "</Particles>",
    '<Particle param1="0" param2=".1" param3=".1"/></Particles>',
    "mismatched Particles",
    "got 23",
  );
});

test("expressions other than those of the known models are refused with their text", () => {
  const refused = (from: string | RegExp, to: string, ...parts: string[]): void =>
    assertRefused(editedForce("aldp", "CustomGBForce", from, to), 'CustomGBForce "CustomGBForce" (force 4)', ...parts);
  refused(OBC1, "tanh(0.8*psi+2.909125*psi^4)", "Value 1", "unknown expression", "psi^4", "OBC1");
  refused(OBC1, "tanh(-0.8*psi+2.909125*psi^3)", "Value 1", "-0.8*psi");
  refused("0.5*log(L/U)/r", "0.4*log(L/U)/r", "Value 0", "0.4*log");
  refused("D=abs(r-sr2)", "D=r-sr2", "Value 0", "D=r-sr2");
  refused(";D=abs(r-sr2)", "", "Value 0", "expected the pairwise or necked expression");
  refused("offset=0.009", "offset=0.009; offset=0.02", "Value 1", "offset=0.02");
  refused("charge^2/B", "charge^2/(2*B)", "Term 0", "charge^2/(2*B)", "self or surface");
  refused("charge1*charge2/f", "charge1*charge2/r", "Term 2", "charge1*charge2/r", "expected the pair expression");
  refused('name="I" type="2"', 'name="I" type="1"', "Value 0", 'type="1"', "expected 2");
  refused('name="B" type="0"', 'name="B" type="2"', "Value 1", 'type="2"', "expected 0");
  refused(/(<Term .*)type="2"/, '<Term expression="0" type="1"', "Term 2", 'type="1"');
});

test("salt is refused, whether it stands in the parameters or in the expression", () => {
  const salt = editedForce("aldp", "CustomGBForce", "kappa=0;", "kappa=1.3;");
  assertRefused(salt, "Term 0: unknown screening by dissolved salt", "(got kappa=1.3)", "implicitSolventSaltConc");
  const screened = editedForce("aldp", "CustomGBForce", "-1/solventDielectric", "-exp(-kappa*B)/solventDielectric");
  assertRefused(screened, "Term 0: unknown expression", "exp(-kappa*B)");
});

test("a force that lacks a term, or has one twice, is refused", () => {
  const self = /<Term expression="-0.5[^>]*>/;
  assertRefused(
    editedForce("aldp", "CustomGBForce", self, ""),
    "unknown sum of terms",
    "surface, pair",
    "self and pair",
  );
  const [term] = self.exec(shippedXml("aldp"))!;
  assertRefused(editedForce("aldp", "CustomGBForce", self, term + term), "Term 1", "second self");
});

test("the models are told apart by their expressions, and necks by their tables", () => {
  const bornOf = (molecule: string) => forceOf(readSystem(xmlOf(molecule)), "implicit solvent").born;
  assert.equal(bornOf("pro-hct").rescaling, null);
  const gbn = bornOf("ser-gbn");
  assert.deepEqual(gbn.rescaling, [1.09511284, 1.907992938, 2.50798245]);
  assert.equal(gbn.neck?.reach, 0.68);
  assert.equal(gbn.neck?.sixth, 0.3 * 1000000);
  const gbn2 = bornOf("lys-gbn2");
  assert.deepEqual(gbn2.rescalings?.slice(0, 2), [[0.78844, 0.798699, 0.437334], [0.733756, 0.506378, 0.205844]]); // prettier-ignore
  assert.ok(Math.abs(gbn2.spheres[0]!.outer - gbn2.spheres[0]!.inner - 0.0195141) <= TOLERANCE.f64);
});

test("a necked model with a table that is missing, or an atom of no kind in it, is refused", () => {
  const xml = xmlOf("ser-gbn");
  assertRefused(edited(xml, '<Function name="getm0"', '<Function name="m0"'), "tabulated functions", "getd0 and getm0");
  assertRefused(edited(xml, 'param4="0"', 'param4="7"'), "Particle 0: invalid index param4", "got 7");
  assertRefused(edited(xml, "0.3*1000000", "0.3*r"), "Value 0: unknown expression", "pairwise or necked");
});
