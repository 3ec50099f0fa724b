/**
 * Harmonic impropers: U = k (phi - phi0)^2, or half of it, as CHARMM, Gromacs and AMBER files give them to OpenMM's CustomTorsionForce;
 * recognised by its expression.
 */
import { createDihedrals } from "./dihedral";
import { recogniseExpression, type Template } from "./expression";
import { expectLayout, expectNonPeriodic, refuse } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, textOf, type Element } from "./xml";

/** Torsions i-j-k-l about j-k: rest angle (radians) and U = stiffness (phi - angle)^2 (kJ/mol/rad^2). */
export interface HarmonicTorsionData {
  readonly type: "harmonic torsion";
  readonly torsions: readonly {
    readonly atoms: readonly [number, number, number, number];
    readonly angle: number;
    readonly stiffness: number;
  }[];
  /** Whether phi - angle is taken the short way round; otherwise phi lies on (-pi, pi], and U jumps where it does. */
  readonly shortWay: boolean;
}

const PI = "#pi";
const EXPRESSIONS: Readonly<Record<string, Template & { readonly factor: number; readonly shortWay: boolean }>> = {
  // charmm36.xml
  harmonic: { formula: "k*(theta-theta0)^2", definitions: {}, factor: 1, shortWay: false },
  // CharmmPsfFile, then AmberPrmtopFile
  "short way round": {
    formula: "k*min(dtheta,2*pi-dtheta)^2",
    definitions: { dtheta: "abs(theta-theta0)", pi: PI },
    factor: 1,
    shortWay: true,
  },
  "short way round, AMBER": {
    formula: "k*min(dtheta,2*#pi-dtheta)^2",
    definitions: { dtheta: "abs(theta-theta0)" },
    factor: 1,
    shortWay: true,
  },
  // GromacsTopFile
  "half, short way round": {
    formula: "0.5*k*(thetap-theta0)^2",
    definitions: { thetap: "step(-(theta-theta0+pi))*2*pi+theta+step(theta-theta0-pi)*(-2*pi)", pi: PI },
    factor: 0.5,
    shortWay: true,
  },
};
const REMEDY = "build the System with OpenMM's readers of CHARMM, AMBER or Gromacs files, or without it";

/** Reads a `CustomTorsionForce` element. */
export function readHarmonicTorsions(force: Element, atoms: number): HarmonicTorsionData {
  expectLayout(force, 3, ["PerTorsionParameters", "Torsions"], {
    GlobalParameters: "energies would not follow them",
    EnergyParameterDerivatives: "derivatives with respect to parameters would not be computed",
  });
  expectNonPeriodic(force);
  const { name, constants } = recogniseExpression(force, textOf(force, "energy"), EXPRESSIONS, REMEDY);
  const { factor, shortWay } = EXPRESSIONS[name]!;
  if (constants.pi !== undefined && Math.abs(constants.pi - Math.PI) > 1e-6) {
    refuse(force, {
      what: "number pi",
      got: `${constants.pi}`,
      expected: "3.14159...",
      lost: "the energy would differ",
    });
  }
  const names = listOf(force, "PerTorsionParameters").map((parameter) => textOf(parameter, "name"));
  if ([...names].sort().join() !== "k,theta0") {
    refuse(force, {
      what: "PerTorsionParameters",
      got: names.join(", ") || "none",
      expected: "k, theta0",
      lost: "they would be taken for others",
      remedy: REMEDY,
    });
  }
  const torsions = listOf(force, "Torsions").map((torsion) => ({
    atoms: atomsOf(torsion, ["p1", "p2", "p3", "p4"], atoms) as [number, number, number, number],
    angle: numberOf(torsion, `param${1 + names.indexOf("theta0")}`),
    stiffness: factor * numberOf(torsion, `param${1 + names.indexOf("k")}`),
  }));
  return { type: "harmonic torsion", torsions, shortWay };
}

/** The energy of harmonic impropers. */
export function createHarmonicTorsionTerm({ torsions, shortWay }: HarmonicTorsionData): EnergyTerm {
  const dihedrals = createDihedrals(Int32Array.from(torsions.flatMap(({ atoms }) => atoms.map((atom) => 3 * atom))));
  return {
    name: "harmonic torsion",
    evaluate(xyz, gradient) {
      dihedrals.measure(xyz);
      let energy = 0;
      torsions.forEach(({ angle, stiffness }, t) => {
        const away = Math.atan2(dihedrals.sine[t]!, dihedrals.cosine[t]!) - angle;
        const turned = shortWay ? away - 2 * Math.PI * Math.round(away / (2 * Math.PI)) : away;
        energy += stiffness * turned * turned;
        if (gradient !== null) dihedrals.spread(t, 2 * stiffness * turned, gradient);
      });
      return energy;
    },
  };
}
