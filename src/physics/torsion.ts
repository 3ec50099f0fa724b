/**
 * Periodic torsions, proper and improper: U = k (1 + cos(n phi - phi0)), OpenMM's PeriodicTorsionForce. All torsions of four atoms
 * together are one Fourier series in phi, whose terms are powers of e^(i phi): no trigonometric function is called.
 */
import { createDihedrals } from "./dihedral";
import { expectLayout, expectNonPeriodic } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

/** Torsions i-j-k-l about j-k: multiplicity n >= 0 (0: a constant), `phase` phi0 (radians), barrier k (kJ/mol). */
export interface TorsionData {
  readonly type: "torsion";
  readonly torsions: readonly {
    readonly atoms: readonly [number, number, number, number];
    readonly periodicity: number;
    readonly phase: number;
    readonly barrier: number;
  }[];
}

/** Force fields go to 6; every torsion gets room for the highest in the file. */
const HIGHEST = 60;

/** Reads a `PeriodicTorsionForce` element. */
export function readTorsions(force: Element, atoms: number): TorsionData {
  expectLayout(force, 2, ["Torsions"]);
  expectNonPeriodic(force);
  const torsions = listOf(force, "Torsions").map((torsion) => {
    const periodicity = numberOf(torsion, "periodicity");
    if (!Number.isInteger(periodicity) || periodicity < 1 || periodicity > HIGHEST) {
      throw new Error(
        `${torsion.place}: invalid periodicity (got ${periodicity}), expected an integer from 1 to ${HIGHEST}`,
      );
    }
    return {
      atoms: atomsOf(torsion, ["p1", "p2", "p3", "p4"], atoms) as [number, number, number, number],
      periodicity,
      phase: numberOf(torsion, "phase"),
      barrier: numberOf(torsion, "k"),
    };
  });
  return { type: "torsion", torsions };
}

/** The energy of periodic torsions. */
export function createTorsionTerm(data: TorsionData): EnergyTerm {
  const { atoms, order, mean, cosine, sine, stride } = toSeries(data);
  const dihedrals = createDihedrals(atoms);
  return {
    name: "torsion",
    evaluate(xyz, gradient) {
      dihedrals.measure(xyz);
      let energy = 0;
      for (let t = 0; t < order.length; t++) {
        const c = dihedrals.cosine[t]!;
        const s = dihedrals.sine[t]!;
        energy += mean[t]!;
        let moment = 0; // dU/dphi
        let cn = 1; // cos(n phi), sin(n phi)
        let sn = 0;
        for (let n = 1, at = t * stride; n <= order[t]!; n++, at++) {
          const next = cn * c - sn * s;
          sn = sn * c + cn * s;
          cn = next;
          energy += cosine[at]! * cn + sine[at]! * sn;
          moment += n * (sine[at]! * cn - cosine[at]! * sn);
        }
        if (gradient !== null) dihedrals.spread(t, moment, gradient);
      }
      return energy;
    },
  };
}

/**
 * k (1 + cos(n phi - phi0)) = k + k cos(phi0) cos(n phi) + k sin(phi0) sin(n phi), summed over the torsions of four atoms. Series t
 * has the atoms at [4 t] (times 3) and the coefficients at [t * stride] on, `order` of them.
 */
export function toSeries({ torsions }: TorsionData) {
  const groups = new Map<string, TorsionData["torsions"][number][]>();
  for (const torsion of torsions) {
    if (torsion.barrier === 0) continue; // force fields list many of these
    const key = torsion.atoms.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), torsion]);
  }
  const series = [...groups.values()];
  const order = Int32Array.from(series, (group) => Math.max(...group.map((torsion) => torsion.periodicity)));
  const stride = order.reduce((most, n) => Math.max(most, n), 0);
  const cosine = new Float64Array(series.length * stride);
  const sine = new Float64Array(series.length * stride);
  series.forEach((group, t) => {
    for (const { periodicity, phase, barrier } of group) {
      if (periodicity === 0) continue;
      const at = t * stride + periodicity - 1;
      cosine[at] = cosine[at]! + barrier * Math.cos(phase);
      sine[at] = sine[at]! + barrier * Math.sin(phase);
    }
  });
  return {
    atoms: Int32Array.from(series.flatMap((group) => group[0]!.atoms.map((atom) => 3 * atom))),
    order,
    mean: Float64Array.from(series, (group) =>
      group.reduce(
        (sum, { periodicity, phase, barrier }) => sum + barrier * (periodicity === 0 ? 1 + Math.cos(phase) : 1),
        0,
      ),
    ),
    cosine,
    sine,
    stride,
  };
}
