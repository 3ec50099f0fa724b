/**
 * Periodic torsions, proper and improper: U = k (1 + cos(n phi - phi0)), OpenMM's PeriodicTorsionForce. All torsions of four atoms
 * together are one Fourier series in phi, whose terms are powers of e^(i phi): no trigonometric function is called.
 */
import { expectLayout, expectNonPeriodic } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

/** Torsions i-j-k-l about j-k: multiplicity n >= 1, `phase` phi0 (radians), barrier k (kJ/mol). */
export interface TorsionData {
  readonly type: "torsion";
  readonly torsions: readonly {
    readonly atoms: readonly [number, number, number, number];
    readonly periodicity: number;
    readonly phase: number;
    readonly barrier: number;
  }[];
}

/** Reads a `PeriodicTorsionForce` element. */
export function readTorsions(force: Element, atoms: number): TorsionData {
  expectLayout(force, 2, ["Torsions"]);
  expectNonPeriodic(force);
  const torsions = listOf(force, "Torsions").map((torsion) => {
    const periodicity = numberOf(torsion, "periodicity");
    if (!Number.isInteger(periodicity) || periodicity < 1) {
      throw new Error(`${torsion.place}: invalid periodicity (got ${periodicity}), expected an integer of at least 1`);
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
  return {
    name: "torsion",
    evaluate(xyz, gradient) {
      let energy = 0;
      for (let t = 0; t < order.length; t++) {
        const i = atoms[4 * t]!;
        const j = atoms[4 * t + 1]!;
        const k = atoms[4 * t + 2]!;
        const l = atoms[4 * t + 3]!;
        // Blondel and Karplus, J. Comput. Chem. 17, 1132 (1996): f = i - j, g = j - k, h = l - k, a = f x g, b = h x g
        const fx = xyz[i]! - xyz[j]!;
        const fy = xyz[i + 1]! - xyz[j + 1]!;
        const fz = xyz[i + 2]! - xyz[j + 2]!;
        const gx = xyz[j]! - xyz[k]!;
        const gy = xyz[j + 1]! - xyz[k + 1]!;
        const gz = xyz[j + 2]! - xyz[k + 2]!;
        const hx = xyz[l]! - xyz[k]!;
        const hy = xyz[l + 1]! - xyz[k + 1]!;
        const hz = xyz[l + 2]! - xyz[k + 2]!;
        const ax = fy * gz - fz * gy;
        const ay = fz * gx - fx * gz;
        const az = fx * gy - fy * gx;
        const bx = hy * gz - hz * gy;
        const by = hz * gx - hx * gz;
        const bz = hx * gy - hy * gx;
        const g = Math.sqrt(gx * gx + gy * gy + gz * gz);
        const x = ax * bx + ay * by + az * bz; // |a| |b| cos(phi)
        const y = -g * (fx * bx + fy * by + fz * bz); // |a| |b| sin(phi)
        const norm = Math.sqrt(x * x + y * y);
        const c = norm === 0 ? 1 : x / norm; // three atoms in line: phi is undefined, and taken as 0 as by atan2
        const s = norm === 0 ? 0 : y / norm;

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
        if (gradient === null || norm === 0) continue;
        const a2 = ax * ax + ay * ay + az * az;
        const b2 = bx * bx + by * by + bz * bz;
        const ga = (-moment * g) / a2; // dphi/di = -|g| a / a^2
        const gb = (moment * g) / b2; // dphi/dl = |g| b / b^2
        const u = (fx * gx + fy * gy + fz * gz) / (g * g);
        const v = (hx * gx + hy * gy + hz * gz) / (g * g);
        const tx = u * ga * ax + v * gb * bx; // what the middle atoms take over between them
        const ty = u * ga * ay + v * gb * by;
        const tz = u * ga * az + v * gb * bz;
        gradient[i] = gradient[i]! + ga * ax;
        gradient[i + 1] = gradient[i + 1]! + ga * ay;
        gradient[i + 2] = gradient[i + 2]! + ga * az;
        gradient[j] = gradient[j]! - ga * ax - tx;
        gradient[j + 1] = gradient[j + 1]! - ga * ay - ty;
        gradient[j + 2] = gradient[j + 2]! - ga * az - tz;
        gradient[k] = gradient[k]! - gb * bx + tx;
        gradient[k + 1] = gradient[k + 1]! - gb * by + ty;
        gradient[k + 2] = gradient[k + 2]! - gb * bz + tz;
        gradient[l] = gradient[l]! + gb * bx;
        gradient[l + 1] = gradient[l + 1]! + gb * by;
        gradient[l + 2] = gradient[l + 2]! + gb * bz;
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
      const at = t * stride + periodicity - 1;
      cosine[at] = cosine[at]! + barrier * Math.cos(phase);
      sine[at] = sine[at]! + barrier * Math.sin(phase);
    }
  });
  return {
    atoms: Int32Array.from(series.flatMap((group) => group[0]!.atoms.map((atom) => 3 * atom))),
    order,
    mean: Float64Array.from(series, (group) => group.reduce((sum, torsion) => sum + torsion.barrier, 0)),
    cosine,
    sine,
    stride,
  };
}
