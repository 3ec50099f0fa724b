/** Cartesian -> internal coordinates of a Z-matrix, with log-det: the inverse of `placement.ts`. */
import { unitLogDet } from "./placement";
import { InternalCoordinates, PlacementPlan, STEP } from "./spec";

/** What `measure` reads off for an atom; one record is reused for all atoms, so that nothing is allocated per atom. */
interface Measurement {
  /** nm */
  bond: number;
  /** In units of pi, on [0, 1]. */
  angle: number;
  /** (tau + pi) / 2 pi, on [0, 1]. */
  torsion: number;
}

/** Angle and torsion through atan2, which keeps full precision near 0 and pi where acos loses half of the digits. */
function measure(xyz: Float64Array, a: number, i: number, j: number, l: number, into: Measurement): void {
  const bx = xyz[a]! - xyz[i]!;
  const by = xyz[a + 1]! - xyz[i + 1]!;
  const bz = xyz[a + 2]! - xyz[i + 2]!;
  const ux = xyz[i]! - xyz[j]!;
  const uy = xyz[i + 1]! - xyz[j + 1]!;
  const uz = xyz[i + 2]! - xyz[j + 2]!;
  const wx = xyz[l]! - xyz[j]!;
  const wy = xyz[l + 1]! - xyz[j + 1]!;
  const wz = xyz[l + 2]! - xyz[j + 2]!;
  // c = u x b is normal to the plane (j, i, a), d = u x w to the plane (l, j, i).
  const cx = uy * bz - uz * by;
  const cy = uz * bx - ux * bz;
  const cz = ux * by - uy * bx;
  const dx = uy * wz - uz * wy;
  const dy = uz * wx - ux * wz;
  const dz = ux * wy - uy * wx;
  const u = Math.sqrt(ux * ux + uy * uy + uz * uz);
  into.bond = Math.sqrt(bx * bx + by * by + bz * bz);
  into.angle = Math.atan2(Math.sqrt(cx * cx + cy * cy + cz * cz), -(ux * bx + uy * by + uz * bz)) / Math.PI;
  const sine = (ux * (dy * cz - dz * cy) + uy * (dz * cx - dx * cz) + uz * (dx * cy - dy * cx)) / u;
  into.torsion = Math.atan2(sine, cx * dx + cy * dy + cz * dz) / (2 * Math.PI) + 0.5;
}

/** A function that fills q from xyz [3 * atoms] (nm) and returns log|det dq/dxyz|, origin and orientation fixed. */
export function createInternal(plan: PlacementPlan): (xyz: Float64Array, q: Float64Array) => number {
  const { steps, frame, frameValues } = plan;
  const [atom0, atom1, atom2] = [3 * frame[0], 3 * frame[1], 3 * frame[2]];
  const found: Measurement = { bond: 0, angle: 0, torsion: 0 };
  const units = unitLogDet(plan.angles, plan.torsions);
  return (xyz, q) => {
    const b1 = Math.hypot(
      xyz[atom1]! - xyz[atom0]!,
      xyz[atom1 + 1]! - xyz[atom0 + 1]!,
      xyz[atom1 + 2]! - xyz[atom0 + 2]!,
    );
    // The frame's third atom has no torsion: any fourth point serves, its reading is not used.
    measure(xyz, atom2, atom1, atom0, atom2, found);
    q[frameValues[0]] = b1;
    q[frameValues[1]] = found.bond;
    q[frameValues[2]] = found.angle;
    let logDet = units + 2 * Math.log(b1) + Math.log(found.bond ** 2 * Math.sin(Math.PI * found.angle));
    for (let s = 0; s < steps.length; s += STEP) {
      measure(xyz, 3 * steps[s]!, 3 * steps[s + 1]!, 3 * steps[s + 2]!, 3 * steps[s + 3]!, found);
      q[steps[s + 4]!] = found.bond;
      q[steps[s + 5]!] = found.angle;
      q[steps[s + 6]!] = found.torsion;
      logDet += Math.log(found.bond * found.bond * Math.sin(Math.PI * found.angle));
    }
    return -logDet;
  };
}

/** The internal coordinates of one structure (nm) as plain data, e.g. the minimum of a `CoordinateSpec`. */
export function internalCoordinates(plan: PlacementPlan, xyz: Float64Array): InternalCoordinates {
  const q = new Float64Array(plan.bonds + plan.angles + plan.torsions);
  createInternal(plan)(xyz, q);
  const angles = plan.bonds + plan.angles;
  return {
    bonds: Array.from(q.subarray(0, plan.bonds)),
    angles: Array.from(q.subarray(plan.bonds, angles)),
    torsions: Array.from(q.subarray(angles)),
  };
}
