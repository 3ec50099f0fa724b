/** Harmonic angles: U = k/2 (theta - theta0)^2, OpenMM's HarmonicAngleForce. */
import { expectLayout, expectNonPeriodic } from "./force";
import type { EnergyTerm } from "./term";
import { atomsOf, listOf, numberOf, type Element } from "./xml";

/** Angles i-j-k at j, with rest angle (radians) and force constant `stiffness` (kJ/mol/rad^2). */
export interface AngleData {
  readonly type: "angle";
  readonly angles: readonly {
    readonly i: number;
    readonly j: number;
    readonly k: number;
    readonly angle: number;
    readonly stiffness: number;
  }[];
}

/** Reads a `HarmonicAngleForce` element. */
export function readAngles(force: Element, atoms: number): AngleData {
  expectLayout(force, 2, ["Angles"]);
  expectNonPeriodic(force);
  const angles = listOf(force, "Angles").map((angle) => {
    const [i, j, k] = atomsOf(angle, ["p1", "p2", "p3"], atoms) as [number, number, number];
    return { i, j, k, angle: numberOf(angle, "a"), stiffness: numberOf(angle, "k") };
  });
  return { type: "angle", angles };
}

/** The energy of harmonic angles. */
export function createAngleTerm({ angles }: AngleData): EnergyTerm {
  const first = Int32Array.from(angles, (angle) => 3 * angle.i);
  const middle = Int32Array.from(angles, (angle) => 3 * angle.j);
  const last = Int32Array.from(angles, (angle) => 3 * angle.k);
  const rest = Float64Array.from(angles, (angle) => angle.angle);
  const stiffness = Float64Array.from(angles, (angle) => angle.stiffness);
  return {
    name: "angle",
    evaluate(xyz, gradient) {
      let energy = 0;
      for (let a = 0; a < first.length; a++) {
        const i = first[a]!;
        const j = middle[a]!;
        const k = last[a]!;
        // u and w point from the middle atom to its neighbours; n = u x w
        const ux = xyz[i]! - xyz[j]!;
        const uy = xyz[i + 1]! - xyz[j + 1]!;
        const uz = xyz[i + 2]! - xyz[j + 2]!;
        const wx = xyz[k]! - xyz[j]!;
        const wy = xyz[k + 1]! - xyz[j + 1]!;
        const wz = xyz[k + 2]! - xyz[j + 2]!;
        const nx = uy * wz - uz * wy;
        const ny = uz * wx - ux * wz;
        const nz = ux * wy - uy * wx;
        const n = Math.sqrt(nx * nx + ny * ny + nz * nz);
        // atan2 keeps full precision near 0 and pi, where the arc cosine loses half of its digits
        const bend = Math.atan2(n, ux * wx + uy * wy + uz * wz) - rest[a]!;
        const moment = stiffness[a]! * bend; // dU/dtheta
        energy += 0.5 * moment * bend;
        // A collinear angle has no plane to open or close in: no gradient (OpenMM bounds it likewise).
        if (gradient === null || n === 0) continue;
        const gu = moment / (n * (ux * ux + uy * uy + uz * uz));
        const gw = moment / (n * (wx * wx + wy * wy + wz * wz));
        const ix = gu * (uy * nz - uz * ny); // dtheta/du = u x n / (|n| u^2)
        const iy = gu * (uz * nx - ux * nz);
        const iz = gu * (ux * ny - uy * nx);
        const kx = gw * (ny * wz - nz * wy); // dtheta/dw = n x w / (|n| w^2)
        const ky = gw * (nz * wx - nx * wz);
        const kz = gw * (nx * wy - ny * wx);
        gradient[i] = gradient[i]! + ix;
        gradient[i + 1] = gradient[i + 1]! + iy;
        gradient[i + 2] = gradient[i + 2]! + iz;
        gradient[j] = gradient[j]! - ix - kx;
        gradient[j + 1] = gradient[j + 1]! - iy - ky;
        gradient[j + 2] = gradient[j + 2]! - iz - kz;
        gradient[k] = gradient[k]! + kx;
        gradient[k + 1] = gradient[k + 1]! + ky;
        gradient[k + 2] = gradient[k + 2]! + kz;
      }
      return energy;
    },
  };
}
