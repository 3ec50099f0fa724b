/** x in [0,1]^D <-> internal coordinates: one affine map per degree of freedom (paper, "Coordinates"). */
import { Channel, CoordinateSpec, isTorsion } from "./spec";

/** nm that x in [0, 1] spans for a bond: x = (b - b_min) * 0.1 / 0.007 + 0.5. */
const BOND_SPAN = 0.07;
/** The same for an angle, in units of pi: x = (a - a_min) * 0.1 / (0.18 / pi) + 0.5. */
const ANGLE_SPAN = 1.8 / Math.PI;

/** q[index[k]] = offset[k] + scale[k] * x[k]; all other q are constant. Of a folded rotor it is the mean direction that stands in the place of its torsion. */
export interface Scaling {
  readonly channels: readonly Channel[];
  readonly index: Int32Array;
  readonly offset: Float64Array;
  readonly scale: Float64Array;
  /** log|det dq/dx|, q without the constants; of a folded rotor as if x spanned the turn, for it stands for three arrangements. */
  readonly logDet: number;
  /** The values of q with the constrained lengths in place; the others are those of the minimum. */
  readonly constants: Float64Array;
}

/** The distance of two places on a circle of circumference 1. */
export const apart = (a: number, b: number): number => Math.abs(a - b - Math.round(a - b));

/** Entry k of x, from all values q. */
export function scaledEntry({ channels, index, offset, scale }: Scaling, q: ArrayLike<number>, k: number): number {
  const x = (q[index[k]!]! - offset[k]!) / scale[k]!;
  if (!isTorsion(channels[k]!) || (x >= 0 && x <= 1)) return x;
  // A range may lie across the seam: the whole turn that brings a torsion nearest to its middle.
  return x - Math.round((x - 0.5) * scale[k]!) / scale[k]!;
}

/** The part of the circle that each confined torsion may take, as [offset, scale]. */
export function confinedTorsions(
  spec: Pick<CoordinateSpec, "chiral" | "upperHalf" | "lowerHalf" | "ranges" | "rotors" | "impropers" | "minimum">,
): Map<number, readonly [number, number]> {
  const upper = [0.5, 0.5] as const;
  const lower = [0, 0.5] as const;
  const map = new Map<number, readonly [number, number]>();
  for (const k of spec.chiral) map.set(k, spec.minimum.torsions[k]! >= 0.5 ? upper : lower);
  for (const k of spec.upperHalf) map.set(k, upper);
  for (const k of spec.lowerHalf) map.set(k, lower);
  for (const { torsion, centre, width } of [...(spec.ranges ?? []), ...(spec.impropers ?? [])])
    map.set(torsion, [centre - width / 2, width]);
  for (const { torsion, centre } of spec.rotors ?? []) map.set(torsion, [centre - 1 / 6, 1 / 3]);
  return map;
}

/** The affine maps of a spec: free bonds, then angles, then torsions. */
export function createScaling(spec: CoordinateSpec): Scaling {
  const { bonds, angles, torsions } = spec.minimum;
  const constants = Float64Array.from([...bonds, ...angles, ...torsions]);
  const fixed = new Set<number>();
  for (const { bond, length } of spec.constrained) {
    if (!(bond in spec.bonds) || !(length > 0)) {
      throw new Error(
        `createScaling: invalid constraint (got bond ${bond}, length ${length} nm), ` +
          `expected a bond below ${spec.bonds.length} and a positive length`,
      );
    }
    constants[bond] = length;
    fixed.add(bond);
  }
  const confined = confinedTorsions(spec);
  for (const [k, [from, width]] of confined) {
    if (k in spec.torsions && Number.isFinite(from) && width > 0 && width <= 1) continue;
    throw new Error(
      `createScaling: invalid torsion (got ${k} from ${from} over ${width} of a turn), expected an index below ` +
        `${spec.torsions.length} and a width in (0, 1]`,
    );
  }
  const maps: { channel: Channel; index: number; offset: number; scale: number }[] = [];
  bonds.forEach((b, k) => {
    if (fixed.has(k)) return;
    maps.push({ channel: "bond", index: k, offset: b - BOND_SPAN / 2, scale: BOND_SPAN });
  });
  angles.forEach((a, k) => {
    maps.push({ channel: "angle", index: bonds.length + k, offset: a - ANGLE_SPAN / 2, scale: ANGLE_SPAN });
  });
  const linear = new Set(spec.impropers?.map(({ torsion }) => torsion));
  torsions.forEach((_, k) => {
    const [offset, scale] = confined.get(k) ?? [0, 1];
    maps.push({
      channel: linear.has(k) ? "improper" : "torsion",
      index: bonds.length + angles.length + k,
      offset,
      scale,
    });
  });
  const copies = new Set(spec.rotors?.map(({ torsion }) => bonds.length + angles.length + torsion));
  return {
    channels: maps.map((map) => map.channel),
    index: Int32Array.from(maps, (map) => map.index),
    offset: Float64Array.from(maps, (map) => map.offset),
    scale: Float64Array.from(maps, (map) => map.scale),
    logDet: maps.reduce((sum, map) => sum + Math.log(copies.has(map.index) ? 3 * map.scale : map.scale), 0),
    constants,
  };
}
