/**
 * Lennard-Jones energies outside NonbondedForce, as CHARMM force fields have them: a CustomNonbondedForce that looks its coefficients up by
 * types of atoms, and a CustomBondForce for neighbours along the chain. Both are sums of A / r^12 - B / r^6 over pairs.
 */
import { recogniseExpression, type Template } from "./expression";
import { expectLayout, expectNames, expectNoCutoff, expectNonPeriodic, particlesOf } from "./force";
import { createPairSum } from "./nonbonded";
import { pairIndex } from "./pair-distances";
import { indexOf, readTables } from "./tabulated";
import type { PairTerm } from "./term";
import { atomsOf, listOf, numberOf, textOf, type Element } from "./xml";

/** Pairs i, j with A (kJ/mol nm^12) and B (kJ/mol nm^6). */
export interface LennardJonesData {
  readonly type: "Lennard-Jones";
  readonly atoms: number;
  readonly pairs: readonly {
    readonly i: number;
    readonly j: number;
    readonly repulsion: number;
    readonly dispersion: number;
  }[];
}

// The second, of CharmmPsfFile and AmberPrmtopFile, holds the root of A.
const LOOKED_UP: Readonly<Record<"looked-up Lennard-Jones" | "looked-up root", Template>> = {
  "looked-up Lennard-Jones": { formula: "acoef(type1,type2)/r^12-bcoef(type1,type2)/r^6", definitions: {} },
  "looked-up root": {
    formula: "(a/r6)^2-b/r6",
    definitions: { r6: "r^6", a: "acoef(type1,type2)", b: "bcoef(type1,type2)" },
  },
};
const BONDED: Readonly<Record<string, Template>> = {
  "Lennard-Jones": { formula: "#four*epsilon*((sigma/r)^12-(sigma/r)^6)", definitions: {} },
};
const GLOBAL = {
  GlobalParameters: "energies would not follow them",
  EnergyParameterDerivatives: "derivatives with respect to parameters would not be computed",
};

/** Reads a `CustomNonbondedForce` element. */
export function readLennardJones(force: Element, atoms: number): LennardJonesData {
  expectLayout(force, 3, ["PerParticleParameters", "Particles", "Exclusions", "Functions"], {
    ...GLOBAL,
    ComputedValues: "energies would not follow them",
    InteractionGroups: "pairs outside the groups would be counted too",
  });
  expectNoCutoff(force);
  const { name } = recogniseExpression(force, textOf(force, "energy"), LOOKED_UP);
  expectNames(force, "PerParticleParameters", ["type"]);
  const { acoef, bcoef } = readTables(force, ["acoef", "bcoef"]);
  const types = particlesOf(force, atoms).map((particle) => indexOf(particle, "param1", acoef));
  const excluded = new Set(
    listOf(force, "Exclusions").map((exclusion) => {
      const [i, j] = atomsOf(exclusion, ["p1", "p2"], atoms) as [number, number];
      return pairIndex(atoms, i, j);
    }),
  );
  const pairs = types.flatMap((a, i) =>
    types.slice(i + 1).flatMap((b, offset) => {
      const j = i + 1 + offset;
      if (excluded.has(pairIndex(atoms, i, j))) return [];
      const at = a + acoef.size * b;
      const coefficient = acoef.values[at]!;
      const repulsion = name === "looked-up root" ? coefficient * coefficient : coefficient;
      return [{ i, j, repulsion, dispersion: bcoef.values[at]! }];
    }),
  );
  return { type: "Lennard-Jones", atoms, pairs };
}

/** Reads a `CustomBondForce` element. */
export function readLennardJonesBonds(force: Element, atoms: number): LennardJonesData {
  expectLayout(force, 3, ["PerBondParameters", "Bonds"], GLOBAL);
  expectNonPeriodic(force);
  const { constants } = recogniseExpression(force, textOf(force, "energy"), BONDED);
  expectNames(force, "PerBondParameters", ["sigma", "epsilon"]);
  const pairs = listOf(force, "Bonds").map((bond) => {
    const [i, j] = atomsOf(bond, ["p1", "p2"], atoms) as [number, number];
    const sigma6 = numberOf(bond, "param1") ** 6;
    const dispersion = constants.four! * numberOf(bond, "param2") * sigma6;
    return { i, j, repulsion: dispersion * sigma6, dispersion };
  });
  return { type: "Lennard-Jones", atoms, pairs };
}

/** The energy of these pairs. */
export function createLennardJonesTerm({ atoms, pairs }: LennardJonesData): PairTerm {
  return createPairSum(
    "Lennard-Jones",
    pairs.map(({ i, j, ...coefficients }) => ({ ...coefficients, charge: 0, pair: pairIndex(atoms, i, j) })),
  );
}
