/** Scaled internal coordinates of a molecule, x in [0,1]^D <-> Cartesian, with log-det and gradients (paper, "Coordinates"). */
import { createInternal } from "./internal";
import { createPlacement } from "./placement";
import { ahead, rotorTorsions } from "./rotors";
import { createScaling, scaledEntry } from "./scaling";
import { Channel, CoordinateSpec, planPlacement } from "./spec";

/** The seam between flow and molecule. Derivatives are those at the last placed x; one instance serves one caller at a time. */
export interface Coordinates {
  readonly dof: number;
  /** The kind of each entry of x: free bonds, then angles, then torsions. */
  readonly channels: readonly Channel[];
  /**
   * Fills xyz [3 * atoms] (nm) from x[offset ... offset + dof) and returns log|det dxyz/dx| in the fixed frame.
   * Constrained bonds count as constants in x, but their b^2 stays in the volume element, as in bgflow.
   * Where a bond <= 0 or an angle leaves (0, pi), which x in [0,1] does only for nearly straight minima, it is NaN: an invalid point.
   */
  place(x: ArrayLike<number>, offset: number, xyz: Float64Array): number;
  /** gradX = (dxyz/dx)^T gradXyz. */
  pullback(gradXyz: Float64Array, gradX: Float64Array): void;
  /** Adds d logDet / dx to gradX. */
  logDetGradient(gradX: Float64Array): void;
  /**
   * The inverse of `place` for a structure in any position: fills x and returns log|det dx/dxyz|.
   * Entries lie outside [0, 1] where the structure does (a far stretched bond, a mirror image, another arrangement of a folded rotor); constrained bonds are taken at their length.
   */
  toScaled(xyz: Float64Array, x: Float64Array): number;
}

/** The scaled coordinates of a spec, e.g. the content of `data/aldp/coordinates.json`. */
export function createCoordinates(spec: CoordinateSpec): Coordinates {
  const plan = planPlacement(spec);
  const scaling = createScaling(spec);
  const { channels, index, offset: shift, scale, logDet: scaleLogDet, constants } = scaling;
  const placement = createPlacement(plan);
  const internal = createInternal(plan);
  const dof = index.length;
  const q = constants.slice();
  const gradQ = new Float64Array(q.length);
  const measured = new Float64Array(q.length);
  const constrained = spec.constrained.map(({ bond }) => bond);
  const rotors = (spec.rotors ?? []).map((rotor) => rotorTorsions(spec, rotor));
  /** Derivatives by a mean direction and the other torsions, from those by the torsion itself. */
  const throughRotors = (gradient: Float64Array): void => {
    for (const [t, d2, d3] of rotors) {
      gradient[d2]! -= gradient[t]! / 3;
      gradient[d3]! -= gradient[t]! / 3;
    }
  };
  return {
    dof,
    channels,
    place(x, offset, xyz) {
      for (let k = 0; k < dof; k++) q[index[k]!] = shift[k]! + scale[k]! * x[offset + k]!;
      for (const [t, d2, d3] of rotors) q[t]! -= ahead(q[d2]!, q[d3]!);
      return scaleLogDet + placement.place(q, xyz);
    },
    pullback(gradXyz, gradX) {
      placement.pullback(gradXyz, gradQ);
      throughRotors(gradQ);
      for (let k = 0; k < dof; k++) gradX[k] = scale[k]! * gradQ[index[k]!]!;
    },
    logDetGradient(gradX) {
      placement.logDetGradient(gradQ);
      throughRotors(gradQ);
      for (let k = 0; k < dof; k++) gradX[k]! += scale[k]! * gradQ[index[k]!]!;
    },
    toScaled(xyz, x) {
      let logDet = internal(xyz, measured) - scaleLogDet;
      for (const [t, d2, d3] of rotors) measured[t]! += ahead(measured[d2]!, measured[d3]!);
      for (let k = 0; k < dof; k++) x[k] = scaledEntry(scaling, measured, k);
      // The measured length of a constrained bond differs from its constant by the tolerance of the program that wrote it.
      for (const bond of constrained) logDet += 2 * Math.log(measured[bond]! / constants[bond]!);
      return logDet;
    },
  };
}
