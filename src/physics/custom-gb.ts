/**
 * OpenMM's CustomGBForce, recognised by its expressions as HCT, OBC1, OBC2, GBn or GBn2, out of which every constant is read. Whatever
 * differs in any other way is refused.
 */
import type { NeckData, Rescaling } from "./born-radii";
import { INTEGRALS, PAIR_TERMS, RADII, SINGLE_TERMS } from "./custom-gb-expressions";
import { parseExpression, recogniseExpression, type Constants, type Template } from "./expression";
import { expectLayout, expectNames, expectNoCutoff, particlesOf, positive, refuse } from "./force";
import type { ImplicitSolventData } from "./implicit-solvent";
import { indexOf, readTables } from "./tabulated";
import { listOf, numberOf, textOf, type Element } from "./xml";

// CustomGBForce::ComputationType
const SINGLE = 0;
const PAIR_NO_EXCLUSIONS = 2;

const REMEDY =
  "build the System with OpenMM's implicit/hct.xml, obc1.xml, obc2.xml, gbn.xml or gbn2.xml, or implicitSolvent=HCT, OBC1, OBC2, GBn or GBn2";

/** Reads a `CustomGBForce` element. */
export function readCustomGb(force: Element, atoms: number): ImplicitSolventData {
  expectLayout(force, 2, ["PerParticleParameters", "ComputedValues", "EnergyTerms", "Particles", "Functions"], {
    GlobalParameters: "energies would not follow them",
    EnergyParameterDerivatives: "derivatives with respect to parameters would not be computed",
    Exclusions: "excluded pairs would be descreened and counted all the same",
  });
  expectNoCutoff(force);
  expectNames(force, "ComputedValues", ["I", "B"], REMEDY);
  const [integral, born] = listOf(force, "ComputedValues") as [Element, Element];
  const { name: shape, constants: necked } = recognise(integral, PAIR_NO_EXCLUSIONS, INTEGRALS);
  const { name: model, constants: obc } = recognise(born, SINGLE, RADII);
  const { self, pair, surface } = readTerms(force);
  const names = [
    ...["charge", "or", "sr"],
    ...(model === "GBn2" ? ["alpha", "beta", "gamma"] : []),
    ...(shape === "necked" ? ["radindex"] : []),
  ];
  expectNames(force, "PerParticleParameters", names, REMEDY);
  const particles = particlesOf(force, atoms);
  const parameter = (name: string) =>
    particles.map((particle) => numberOf(particle, `param${1 + names.indexOf(name)}`));
  const inner = parameter("or").map((radius, i) => positive(particles[i]!, "radius or (param2)", radius));
  const scaled = parameter("sr");
  const offset = obc.offset ?? self.offset!;
  const neck = readNeck(force, shape === "necked" ? necked : null, particles, names);
  return {
    type: "implicit solvent",
    born: {
      spheres: inner.map((or, i) => ({ inner: or, scaled: scaled[i]!, outer: or + offset })),
      rescaling: model === "HCT" ? null : [obc.alpha ?? 1, obc.beta ?? 0, obc.gamma ?? 0],
      engulfing: false,
      ...(model === "GBn2" && {
        rescalings: transpose(parameter("alpha"), parameter("beta"), parameter("gamma")),
      }),
      ...(neck !== null && { neck }),
    },
    polar: {
      charges: parameter("charge"),
      self: -self.half! * self.coulomb! * (1 / self.solute! - 1 / self.solvent!),
      pair: -pair.coulomb! * (1 / pair.solute! - 1 / pair.solvent!),
    },
    surface: surface && {
      factor: surface.factor!,
      probe: surface.probe!,
      radii: inner.map((or) => or + surface.offset!),
    },
  };
}

const transpose = (alpha: number[], beta: number[], gamma: number[]): Rescaling[] =>
  alpha.map((value, i) => [value, beta[i]!, gamma[i]!]);

/** The necks that the constants of a necked integral speak of; without one there must be no tables either. */
function readNeck(
  force: Element,
  constants: Constants | null,
  particles: readonly Element[],
  names: readonly string[],
): NeckData | null {
  if (constants === null) {
    readTables(force, []);
    return null;
  }
  const { getd0, getm0 } = readTables(force, ["getd0", "getm0"]);
  return {
    kinds: particles.map((particle) => indexOf(particle, `param${1 + names.indexOf("radindex")}`, getd0)),
    size: getd0.size,
    places: getd0.values,
    heights: getm0.values.map((height) => constants.scale! * height),
    reach: constants.cut!,
    square: constants.square!,
    sixth: constants.sixth! * constants.million!,
    offset: constants.offset!,
  };
}

function readTerms(force: Element): { self: Constants; pair: Constants; surface: Constants | null } {
  const found = new Map<string, Constants>();
  for (const term of listOf(force, "EnergyTerms")) {
    const { name, constants } =
      numberOf(term, "type") === SINGLE
        ? recognise(term, SINGLE, SINGLE_TERMS)
        : recognise(term, PAIR_NO_EXCLUSIONS, PAIR_TERMS);
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

/** Which of the known expressions an element holds, and the numbers in it. @throws Error if it is none of them. */
function recognise<Name extends string>(
  element: Element,
  type: number,
  known: Readonly<Record<Name, Template>>,
): { name: Name; constants: Constants } {
  const text = textOf(element, "expression");
  const kappa = parseExpression(text).definitions.find(({ name, value }) => name === "kappa" && Number(value) !== 0);
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
  return recogniseExpression(element, text, known, REMEDY);
}
