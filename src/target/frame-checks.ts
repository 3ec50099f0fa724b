/** What must hold for Cartesian frames before their coordinates mean anything: shape, finite numbers, unit, order of atoms, constraints. */
import type { CoordinateSpec } from "../coords/spec";
import { atomLabel, type Topology } from "../coords/topology";

/** Frames as a file holds them: [n, atoms, 3] or [n, 3 * atoms]. */
export interface FrameArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** How many frames are looked at for unit and order, evenly spaced: a mistake there is in all of them. */
const PROBES = 1000;
/** Mean bond lengths agree with the minimum's within this factor, or the atoms are in another order. */
const SAME_BOND = 1.3;
/** Constrained lengths hold to this share: coarser than any program's tolerance or file's digits, finer than any vibration. */
const CONSTRAINT_TOLERANCE = 0.005;

/** The number of frames. @throws Error if the shape is not that of frames of so many atoms, or a number is not finite. */
export function requireFrames(place: string, { shape, data }: FrameArray, atoms: number): number {
  const flat = shape.length === 2 && shape[1] === 3 * atoms;
  if (!flat && !(shape.length === 3 && shape[1] === atoms && shape[2] === 3)) {
    throw new Error(
      `${place}: mismatched shape (got [${shape.join(", ")}]), expected [frames, ${atoms}, 3] or [frames, ${3 * atoms}]`,
    );
  }
  let broken = 0;
  let first = -1;
  for (let k = 0; k < data.length; k++) {
    if (Number.isFinite(data[k])) continue;
    broken++;
    if (first < 0) first = Math.floor(k / (3 * atoms));
  }
  if (broken > 0) {
    throw new Error(
      `${place}: invalid coordinates (got NaN or Infinity ${broken} times, first in frame ${first} counted from 0), expected finite numbers`,
    );
  }
  return shape[0]!;
}

/** @throws Error if `order` does not name each of the atoms once. */
export function requireOrder(place: string, order: readonly number[], atoms: number): void {
  const names = new Set(order.filter((atom) => Number.isInteger(atom) && atom >= 0 && atom < atoms));
  if (order.length === atoms && names.size === atoms) return;
  throw new Error(
    `${place}: invalid order of atoms (got ${order.length} indices, ${names.size} of them of distinct atoms), expected each of 0 to ` +
      `${atoms - 1} once`,
  );
}

/** Checks what is the same in all frames. `read` fills xyz with a frame in the order of the system. */
export function requireGeometry(
  place: string,
  n: number,
  read: (frame: number, xyz: Float64Array) => void,
  { topology, spec }: { readonly topology: Topology; readonly spec: CoordinateSpec },
): void {
  if (n === 0) return;
  const { bonds, minimum, constrained } = spec;
  const xyz = new Float64Array(3 * topology.atoms.length);
  const means = new Float64Array(bonds.length);
  const probes = Math.min(n, PROBES);
  for (let k = 0; k < probes; k++) {
    read(Math.floor((k * n) / probes), xyz);
    bonds.forEach((bond, b) => (means[b]! += length(xyz, bond) / probes));
  }
  const ratios = means.map((mean, b) => mean / minimum.bonds[b]!);
  const median = ratios.slice().sort()[ratios.length >> 1]!;
  if (median > 10 / SAME_BOND && median < 10 * SAME_BOND) {
    throw new Error(
      `${place}: invalid unit (got bonds ${median.toFixed(2)} times as long as at the minimum of energy: Angstrom), expected nm; divide by 10`,
    );
  }
  const worst = ratios.reduce((w, ratio, b) => (off(ratio) > off(ratios[w]!) ? b : w), 0);
  if (!(off(ratios[worst]!) < Math.log(SAME_BOND))) {
    const [i, j] = bonds[worst]!.map((atom) => atomLabel(topology, atom));
    throw new Error(
      `${place}: mismatched atoms (got ${means[worst]!.toPrecision(4)} nm on average between bonded ${i} and ${j}), expected about ` +
        `${minimum.bonds[worst]!.toPrecision(4)} nm; give the order of the atoms in the file, or frames in nm without periodic wrapping`,
    );
  }
  for (let frame = 0; frame < n && constrained.length > 0; frame++) {
    read(frame, xyz);
    for (const { bond, length: expected } of constrained) {
      const got = length(xyz, bonds[bond]!);
      if (Math.abs(got / expected - 1) < CONSTRAINT_TOLERANCE) continue;
      const [i, j] = bonds[bond]!.map((atom) => atomLabel(topology, atom));
      throw new Error(
        `${place}: mismatched constraint (got ${got.toPrecision(5)} nm between ${i} and ${j} in frame ${frame}), expected ` +
          `${expected} nm; simulate with the constraints of the system`,
      );
    }
  }
}

const off = (ratio: number): number => Math.abs(Math.log(ratio));

function length(xyz: Float64Array, [i, j]: readonly [number, number]): number {
  return Math.hypot(xyz[3 * i]! - xyz[3 * j]!, xyz[3 * i + 1]! - xyz[3 * j + 1]!, xyz[3 * i + 2]! - xyz[3 * j + 2]!);
}
