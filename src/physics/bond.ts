/** Harmonic bonds: U = k/2 (r - r0)^2, OpenMM's HarmonicBondForce. */
import { expectLayout, expectNonPeriodic } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

/** Bonds i-j with rest length (nm) and force constant k (kJ/mol/nm^2). */
export interface BondData {
  readonly type: "bond";
  readonly bonds: readonly { readonly i: number; readonly j: number; readonly length: number; readonly k: number }[];
}

/** Reads a `HarmonicBondForce` element. */
export function readBonds(force: Element, atoms: number): BondData {
  expectLayout(force, 2, ["Bonds"]);
  expectNonPeriodic(force);
  const bonds = listOf(force, "Bonds").map((bond) => {
    const [i, j] = atomsOf(bond, ["p1", "p2"], atoms) as [number, number];
    return { i, j, length: numberOf(bond, "d"), k: numberOf(bond, "k") };
  });
  return { type: "bond", bonds };
}

/** The energy of harmonic bonds. */
export function createBondTerm({ bonds }: BondData): EnergyTerm {
  const first = Int32Array.from(bonds, (bond) => 3 * bond.i);
  const second = Int32Array.from(bonds, (bond) => 3 * bond.j);
  const length = Float64Array.from(bonds, (bond) => bond.length);
  const stiffness = Float64Array.from(bonds, (bond) => bond.k);
  return {
    name: "bond",
    evaluate(xyz, gradient) {
      let energy = 0;
      for (let b = 0; b < first.length; b++) {
        const i = first[b]!;
        const j = second[b]!;
        const x = xyz[i]! - xyz[j]!;
        const y = xyz[i + 1]! - xyz[j + 1]!;
        const z = xyz[i + 2]! - xyz[j + 2]!;
        const r = Math.sqrt(x * x + y * y + z * z);
        const stretch = r - length[b]!;
        const pull = stiffness[b]! * stretch; // dU/dr
        energy += 0.5 * pull * stretch;
        if (gradient === null) continue;
        const g = r === 0 ? 0 : pull / r; // coincident atoms have no direction to be pushed in
        gradient[i] = gradient[i]! + g * x;
        gradient[i + 1] = gradient[i + 1]! + g * y;
        gradient[i + 2] = gradient[i + 2]! + g * z;
        gradient[j] = gradient[j]! - g * x;
        gradient[j + 1] = gradient[j + 1]! - g * y;
        gradient[j + 2] = gradient[j + 2]! - g * z;
      }
      return energy;
    },
  };
}
