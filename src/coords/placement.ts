/** Internal coordinates -> Cartesian, atom by atom, with log-det and analytic reverse mode (paper, "Coordinates"; bgflow's fixed frame). */
import { PlacementPlan, STEP } from "./spec";

/** Places q = [bonds nm, angles / pi, torsions (tau + pi) / 2 pi]; the derivatives are those at the last placed q. */
export interface Placement {
  /**
   * Fills xyz [3 * atoms] (nm) and returns log|det dxyz/dq|, origin and orientation fixed.
   * A bond <= 0 or an angle outside (0, pi) leaves the arithmetic defined but has no volume element: the log-det is then NaN.
   */
  place(q: Float64Array, xyz: Float64Array): number;
  /** gradQ = (dxyz/dq)^T gradXyz. */
  pullback(gradXyz: Float64Array, gradQ: Float64Array): void;
  /** gradQ = d logDet / dq; torsions, of which it is independent, are 0. */
  logDetGradient(gradQ: Float64Array): void;
}

/*
 * The frame of bgflow's convention: atom 0 at the origin, atom 1 along U, atom 2 in the half plane of U and +x.
 * (Both Euler angles about the axes stand at the middle of their interval, the polar cosine at 1/2.)
 */
const UY = -Math.sqrt(3) / 2;
const UZ = 0.5;

/** Numbers kept per atom for the reverse pass. */
const TAPE = 16;

/** A product of volume elements goes to its logarithm when it falls below this: one logarithm for many atoms, without underflow. */
const SMALL = 1e-100;

/** log of the volume elements of the units: pi per angle, 2 pi per torsion and for the two azimuths of the frame. */
export function unitLogDet(angles: number, torsions: number): number {
  return angles * Math.log(Math.PI) + (torsions + 2) * Math.log(2 * Math.PI);
}

/**
 * Builds the placement of one molecule. It owns its scratch memory: no call allocates, and one instance serves one caller at a time.
 *
 * An atom with bond b, angle theta, torsion tau to the placed atoms i, j, l stands at
 *   p = p_i + b (-cos(theta) u + sin(theta) (cos(tau) m + sin(tau) n)),
 * where u = dir(p_i - p_j), m is the direction of p_l - p_j across u, and n = u x m.
 */
export function createPlacement(plan: PlacementPlan): Placement {
  const { steps, frame, frameValues } = plan;
  const [atom0, atom1, atom2] = [3 * frame[0], 3 * frame[1], 3 * frame[2]];
  const [bond1, bond2, angle2] = frameValues;
  const tape = new Float64Array((TAPE * steps.length) / STEP);
  const arrived = new Float64Array(3 * plan.atoms);
  const values = new Float64Array(plan.bonds + plan.angles + plan.torsions);
  const units = unitLogDet(plan.angles, plan.torsions);
  const lastAngle = plan.bonds + plan.angles;

  let frameCosine = 0;
  let frameSine = 0;

  /** Places the first three atoms and returns their volume element. */
  const placeFrame = (q: Float64Array, xyz: Float64Array): number => {
    const b1 = q[bond1]!;
    const b2 = q[bond2]!;
    frameCosine = Math.cos(Math.PI * q[angle2]!);
    frameSine = Math.sin(Math.PI * q[angle2]!);
    const along = b1 - b2 * frameCosine;
    xyz[atom0] = xyz[atom0 + 1] = xyz[atom0 + 2] = xyz[atom1] = 0;
    xyz[atom1 + 1] = b1 * UY;
    xyz[atom1 + 2] = b1 * UZ;
    xyz[atom2] = b2 * frameSine;
    xyz[atom2 + 1] = along * UY;
    xyz[atom2 + 2] = along * UZ;
    return (b1 > 0 ? b1 * b1 : NaN) * volume(b2, q[angle2]!, frameSine);
  };

  const place = (q: Float64Array, xyz: Float64Array): number => {
    values.set(q);
    let logDet = units;
    let product = placeFrame(q, xyz);
    for (let s = 0, t = 0; s < steps.length; s += STEP, t += TAPE) {
      const a = 3 * steps[s]!;
      const i = 3 * steps[s + 1]!;
      const j = 3 * steps[s + 2]!;
      const l = 3 * steps[s + 3]!;
      const b = q[steps[s + 4]!]!;
      const angle = q[steps[s + 5]!]!;
      const theta = Math.PI * angle;
      const tau = 2 * Math.PI * q[steps[s + 6]!]! - Math.PI;
      const ct = Math.cos(theta);
      const st = Math.sin(theta);
      const cp = Math.cos(tau);
      const sp = Math.sin(tau);

      let ux = xyz[i]! - xyz[j]!;
      let uy = xyz[i + 1]! - xyz[j + 1]!;
      let uz = xyz[i + 2]! - xyz[j + 2]!;
      const perLength = 1 / Math.sqrt(ux * ux + uy * uy + uz * uz);
      ux *= perLength;
      uy *= perLength;
      uz *= perLength;
      const wx = xyz[l]! - xyz[j]!;
      const wy = xyz[l + 1]! - xyz[j + 1]!;
      const wz = xyz[l + 2]! - xyz[j + 2]!;
      const along = wx * ux + wy * uy + wz * uz;
      let mx = wx - along * ux;
      let my = wy - along * uy;
      let mz = wz - along * uz;
      const perAcross = 1 / Math.sqrt(mx * mx + my * my + mz * mz);
      mx *= perAcross;
      my *= perAcross;
      mz *= perAcross;
      const nx = uy * mz - uz * my;
      const ny = uz * mx - ux * mz;
      const nz = ux * my - uy * mx;

      const du = -b * ct;
      const dm = b * st * cp;
      const dn = b * st * sp;
      xyz[a] = xyz[i]! + du * ux + dm * mx + dn * nx;
      xyz[a + 1] = xyz[i + 1]! + du * uy + dm * my + dn * ny;
      xyz[a + 2] = xyz[i + 2]! + du * uz + dm * mz + dn * nz;
      product *= volume(b, angle, st);
      if (product < SMALL) {
        logDet += Math.log(product);
        product = 1;
      }

      tape[t] = ux;
      tape[t + 1] = uy;
      tape[t + 2] = uz;
      tape[t + 3] = mx;
      tape[t + 4] = my;
      tape[t + 5] = mz;
      tape[t + 6] = nx;
      tape[t + 7] = ny;
      tape[t + 8] = nz;
      tape[t + 9] = ct;
      tape[t + 10] = st;
      tape[t + 11] = cp;
      tape[t + 12] = sp;
      tape[t + 13] = perLength;
      tape[t + 14] = perAcross;
      tape[t + 15] = along;
    }
    return logDet + Math.log(product);
  };

  /*
   * When i, j, l move, the new atom moves rigidly with their local frame (u, m, n). So the gradient g that has arrived at it
   * passes on as the force g on i and the torque p x g on the frame: its u part is balanced by a force along n on l, its m and n
   * parts by a couple of i and j. Last atom first, so that each has collected everything before it passes it on.
   */
  const pullback = (gradXyz: Float64Array, gradQ: Float64Array): void => {
    arrived.set(gradXyz);
    for (let s = steps.length - STEP, t = tape.length - TAPE; s >= 0; s -= STEP, t -= TAPE) {
      const a = 3 * steps[s]!;
      const i = 3 * steps[s + 1]!;
      const j = 3 * steps[s + 2]!;
      const l = 3 * steps[s + 3]!;
      const mx = tape[t + 3]!;
      const my = tape[t + 4]!;
      const mz = tape[t + 5]!;
      const nx = tape[t + 6]!;
      const ny = tape[t + 7]!;
      const nz = tape[t + 8]!;
      const ct = tape[t + 9]!;
      const st = tape[t + 10]!;
      const cp = tape[t + 11]!;
      const sp = tape[t + 12]!;
      const gx = arrived[a]!;
      const gy = arrived[a + 1]!;
      const gz = arrived[a + 2]!;
      const gu = gx * tape[t]! + gy * tape[t + 1]! + gz * tape[t + 2]!;
      const gm = gx * mx + gy * my + gz * mz;
      const gn = gx * nx + gy * ny + gz * nz;

      const b = values[steps[s + 4]!]!;
      const du = -b * ct;
      const dm = b * st * cp;
      const dn = b * st * sp;
      const torqueU = dm * gn - dn * gm;
      const torqueM = dn * gu - du * gn;
      const torqueN = du * gm - dm * gu;
      gradQ[steps[s + 4]!] = -ct * gu + st * (cp * gm + sp * gn);
      gradQ[steps[s + 5]!] = Math.PI * b * (st * gu + ct * (cp * gm + sp * gn));
      gradQ[steps[s + 6]!] = 2 * Math.PI * torqueU;

      const onL = torqueU * tape[t + 14]!;
      const coupleN = -(torqueM + onL * tape[t + 15]!) * tape[t + 13]!;
      const coupleM = torqueN * tape[t + 13]!;
      const cx = coupleM * mx + coupleN * nx;
      const cy = coupleM * my + coupleN * ny;
      const cz = coupleM * mz + coupleN * nz;
      arrived[i]! += gx + cx;
      arrived[i + 1]! += gy + cy;
      arrived[i + 2]! += gz + cz;
      arrived[j]! -= cx + onL * nx;
      arrived[j + 1]! -= cy + onL * ny;
      arrived[j + 2]! -= cz + onL * nz;
      arrived[l]! += onL * nx;
      arrived[l + 1]! += onL * ny;
      arrived[l + 2]! += onL * nz;
    }
    const gu = arrived[atom2 + 1]! * UY + arrived[atom2 + 2]! * UZ;
    gradQ[bond1] = gu + arrived[atom1 + 1]! * UY + arrived[atom1 + 2]! * UZ;
    gradQ[bond2] = arrived[atom2]! * frameSine - gu * frameCosine;
    gradQ[angle2] = Math.PI * values[bond2]! * (arrived[atom2]! * frameCosine + gu * frameSine);
  };

  const logDetGradient = (gradQ: Float64Array): void => {
    for (let k = 0; k < plan.bonds; k++) gradQ[k] = 2 / values[k]!;
    gradQ[angle2] = (Math.PI * frameCosine) / frameSine;
    for (let s = 0, t = 0; s < steps.length; s += STEP, t += TAPE) {
      gradQ[steps[s + 5]!] = (Math.PI * tape[t + 9]!) / tape[t + 10]!;
    }
    gradQ.fill(0, lastAngle);
  };

  return { place, pullback, logDetGradient };
}

/** The volume element b^2 sin(theta) of one atom's spherical coordinates; NaN where there is none. */
function volume(bond: number, angle: number, sinTheta: number): number {
  return bond > 0 && angle > 0 && angle < 1 ? bond * bond * sinTheta : NaN;
}
