/**
 * OpenMM's CustomGBForce, as its implicit/obc1.xml, obc2.xml and AMBER readers make it (openmm.app.internal.customgbforces):
 * recognised by its expressions, out of which every constant is read. Whatever differs in any other way is refused.
 */
import { matchExpression, parseExpression, type Constants, type Template } from "./expression";
import { expectLayout, expectNoCutoff, particlesOf, positive, refuse } from "./force";
import type { ImplicitSolventData } from "./implicit-solvent";
import { listOf, numberOf, textOf, type Element } from "./xml";

// CustomGBForce::ComputationType
const SINGLE = 0;
const PAIR_NO_EXCLUSIONS = 2;

const INTEGRAL: Template = {
  formula: "select(step(r+sr2-or1),0.5*(1/L-1/U+0.25*(r-sr2^2/r)*(1/(U^2)-1/(L^2))+0.5*log(L/U)/r),0)",
  definitions: { U: "r+sr2", L: "max(or1,D)", D: "abs(r-sr2)" },
};
const radius = (polynomial: string): Template => ({
  formula: `1/(1/or-tanh(${polynomial})/radius)`,
  definitions: { psi: "I*or", radius: "or+offset", offset: "#offset" },
});
const OBC1 = radius("#alpha*psi+#gamma*psi^3");
const OBC2 = radius("psi-#beta*psi^2+#gamma*psi^3");

const solvation = { solventDielectric: "#solvent", soluteDielectric: "#solute", kappa: "#kappa", offset: "#offset" };
const SELF: Template = {
  formula: "-#half*#coulomb*(1/soluteDielectric-1/solventDielectric)*charge^2/B",
  definitions: solvation,
};
const PAIR: Template = {
  formula: "-#coulomb*(1/soluteDielectric-1/solventDielectric)*charge1*charge2/f",
  definitions: { f: "sqrt(r^2+B1*B2*exp(-r^2/(4*B1*B2)))", ...solvation },
};
const SURFACE: Template = {
  formula: "#factor*(radius+#probe)^2*(radius/B)^6",
  definitions: { radius: "or+offset", ...solvation },
};

const REMEDY = "build the System with OpenMM's implicit/obc1.xml or obc2.xml, or implicitSolvent=OBC1 or OBC2";

/** Reads a `CustomGBForce` element. */
export function readCustomGb(force: Element, atoms: number): ImplicitSolventData {
  expectLayout(force, 2, ["PerParticleParameters", "ComputedValues", "EnergyTerms", "Particles"], {
    GlobalParameters: "energies would not follow them",
    EnergyParameterDerivatives: "derivatives with respect to parameters would not be computed",
    Exclusions: "excluded pairs would be descreened and counted all the same",
    Functions: "tabulated functions (the neck correction of GBn and GBn2) would be ignored",
  });
  expectNoCutoff(force);
  const obc = readRescaling(force);
  const { self, pair, surface } = readTerms(force);
  const particles = readParticles(force, atoms);
  return {
    type: "implicit solvent",
    born: {
      spheres: particles.map(({ or, sr }) => ({ inner: or, scaled: sr, outer: or + obc.offset! })),
      rescaling: [obc.alpha ?? 1, obc.beta ?? 0, obc.gamma!],
      engulfing: false,
    },
    polar: {
      charges: particles.map(({ charge }) => charge),
      self: -self.half! * self.coulomb! * (1 / self.solute! - 1 / self.solvent!),
      pair: -pair.coulomb! * (1 / pair.solute! - 1 / pair.solvent!),
    },
    surface: surface && {
      factor: surface.factor!,
      probe: surface.probe!,
      radii: particles.map(({ or }) => or + surface.offset!),
    },
  };
}

function readRescaling(force: Element): Constants {
  expectNames(force, "ComputedValues", ["I", "B"]);
  const [integral, born] = listOf(force, "ComputedValues") as [Element, Element];
  recognise(integral, PAIR_NO_EXCLUSIONS, { integral: INTEGRAL });
  return recognise(born, SINGLE, { OBC1, OBC2 }).constants;
}

function readTerms(force: Element): { self: Constants; pair: Constants; surface: Constants | null } {
  const found = new Map<string, Constants>();
  for (const term of listOf(force, "EnergyTerms")) {
    const single = numberOf(term, "type") === SINGLE;
    const { name, constants } = single
      ? recognise(term, SINGLE, { self: SELF, surface: SURFACE })
      : recognise(term, PAIR_NO_EXCLUSIONS, { pair: PAIR });
    if (found.has(name)) {
      refuse(term, { what: "term", got: `a second ${name}`, expected: "one", lost: "only one of them would count" });
    }
    found.set(name, constants);
  }
  const [self, pair] = [found.get("self"), found.get("pair")];
  if (self === undefined || pair === undefined) {
    refuse(force, {
      what: "sum of terms",
      got: [...found.keys()].join(", ") || "none",
      expected: "self and pair, with or without surface",
      lost: "energies would hold a term that is not there",
      remedy: REMEDY,
    });
  }
  return { self, pair, surface: found.get("surface") ?? null };
}

function readParticles(force: Element, atoms: number): { charge: number; or: number; sr: number }[] {
  expectNames(force, "PerParticleParameters", ["charge", "or", "sr"]);
  return particlesOf(force, atoms).map((particle) => ({
    charge: numberOf(particle, "param1"),
    or: positive(particle, "radius or (param2)", numberOf(particle, "param2")),
    sr: numberOf(particle, "param3"),
  }));
}

function expectNames(force: Element, list: string, expected: readonly string[]): void {
  const names = listOf(force, list).map((item) => textOf(item, "name"));
  if (names.join() === expected.join()) return;
  refuse(force, {
    what: list,
    got: names.join(", ") || "none",
    expected: expected.join(", "),
    lost: "they would be ignored, or taken for others",
    remedy: REMEDY,
  });
}

/** Which of the known expressions an element holds, and the numbers in it. @throws Error if it is none of them. */
function recognise(
  element: Element,
  type: number,
  known: Readonly<Record<string, Template>>,
): { name: string; constants: Constants } {
  const text = textOf(element, "expression");
  const expression = parseExpression(text);
  const kappa = expression.definitions.find(({ name, value }) => name === "kappa" && Number(value) !== 0);
  if (kappa !== undefined) {
    refuse(element, {
      what: "screening by dissolved salt",
      got: `kappa=${kappa.value}`,
      expected: "kappa=0",
      lost: "charges would not be screened",
      remedy: "call createSystem without implicitSolventSaltConc and implicitSolventKappa",
    });
  }
  const got = numberOf(element, "type");
  if (got !== type) {
    refuse(element, {
      what: "type of computation",
      got: `type="${got}" of "${text}"`,
      expected: `${type}`,
      lost: "the expression would be summed over other particles or pairs",
      remedy: REMEDY,
    });
  }
  for (const [name, template] of Object.entries(known)) {
    const constants = matchExpression(expression, template);
    if (constants !== null) return { name, constants };
  }
  return refuse(element, {
    what: "expression",
    got: `"${text}"`,
    expected: `the ${Object.keys(known).join(" or ")} expression as OpenMM writes it for OBC1 and OBC2`,
    lost: "the energy would not be the one it defines",
    remedy: REMEDY,
  });
}
