/** Cartesian trajectories, such as the paper's simulation data, as points of the flow's space: x in [0, 1]^dof with log-dets. */
import type { Frames } from "../coords/convert";
import { createCoordinates } from "../coords/coordinates";
import { exchangeHydrogens, hydrogenGroups } from "../coords/hydrogens";
import { createScaling } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { type FrameArray, requireFrames, requireGeometry, requireOrder } from "./frame-checks";
import type { MolecularSystem } from "./molecule";

/** What became of the frames; each dropped one counts under one reason. */
export interface ImportReport {
  readonly frames: number;
  readonly kept: number;
  /** Kept frames with hydrogens exchanged. */
  readonly exchanged: number;
  /** A chiral centre is the mirror image of the system's. */
  readonly mirrored: number;
  /** No order of equivalent hydrogens lies in their halves. */
  readonly hydrogens: number;
  /** A bond or angle lies outside what x in [0, 1] spans. */
  readonly outside: number;
}

/** Frames that were kept, in their order. */
export interface ImportedFrames extends Frames {
  /** Of the molecule. */
  readonly coordinates: CoordinateSpec;
  /** log|det dxyz/dx| in the fixed frame, as `Samples` hold it. */
  readonly logDet: Float64Array;
  readonly report: ImportReport;
}

export interface ImportOptions {
  /** For each atom of the system its position in the file; by default the same. `atomOrder` finds it from a PDB. */
  readonly order?: readonly number[];
  /** What errors call the frames. */
  readonly name?: string;
}

/** Above this share of frames, mirror images or frames out of range are no rare events of a hot simulation but another molecule. */
const MOST_DROPPED = 0.01;

/**
 * Converts frames (nm) of a molecule in any position to scaled internal coordinates. Equivalent hydrogens are exchanged where they stand in each
 * other's halves; frames that the flow can never give are dropped and counted.
 * @throws Error if shape, unit, order of atoms or constraints are not those of the system, if a number is not finite, or if more than 1 % of the
 * frames would be dropped: a mirrored or another molecule.
 */
export function importFrames(
  { topology, coordinates: spec }: Pick<MolecularSystem, "topology" | "coordinates">,
  array: FrameArray,
  { order, name = "frames" }: ImportOptions = {},
): ImportedFrames {
  const place = `importFrames ${name}`;
  const atoms = topology.atoms.length;
  const frames = requireFrames(place, array, atoms);
  if (order) requireOrder(place, order, atoms);
  const read = (frame: number, into: Float64Array): void => {
    for (let atom = 0; atom < atoms; atom++) {
      const at = 3 * (frame * atoms + (order ? order[atom]! : atom));
      for (let k = 0; k < 3; k++) into[3 * atom + k] = array.data[at + k]!;
    }
  };
  requireGeometry(place, frames, read, { topology, spec });

  const { dof, toScaled } = createCoordinates(spec);
  const { index } = createScaling(spec);
  const columnOf = (torsion: number): number => index.indexOf(spec.bonds.length + spec.angles.length + torsion);
  const chiral = spec.chiral.map(columnOf);
  const groups = hydrogenGroups(topology, spec).map((group) => ({ group, columns: group.torsions.map(columnOf) }));
  const xyz = new Float64Array(3 * atoms);
  const point = new Float64Array(dof);
  const isInside = (column: number): boolean => point[column]! >= 0 && point[column]! <= 1;

  const x = new Float32Array(frames * dof);
  const logDet = new Float64Array(frames);
  const count = { kept: 0, exchanged: 0, mirrored: 0, hydrogens: 0, outside: 0 };
  for (let frame = 0; frame < frames; frame++) {
    read(frame, xyz);
    let logDetToScaled = toScaled(xyz, point);
    const isMirrored = !chiral.every(isInside);
    const changes = groups.map(({ group, columns }) =>
      exchangeHydrogens(xyz, group, () => {
        if (columns.every(isInside)) return true;
        logDetToScaled = toScaled(xyz, point);
        return columns.every(isInside);
      }),
    );
    if (isMirrored) count.mirrored++;
    else if (changes.includes(null)) count.hydrogens++;
    else if (!point.every((_, column) => isInside(column)) || !Number.isFinite(logDetToScaled)) count.outside++;
    else {
      x.set(point, count.kept * dof);
      logDet[count.kept++] = -logDetToScaled;
      if (changes.includes(true)) count.exchanged++;
    }
  }
  requireFewDropped(place, { ...count, frames });
  const n = count.kept;
  return {
    n,
    dof,
    x: x.subarray(0, n * dof),
    coordinates: spec,
    logDet: logDet.subarray(0, n),
    report: { ...count, frames },
  };
}

function requireFewDropped(place: string, { frames, mirrored, hydrogens, outside }: Omit<ImportReport, "kept">): void {
  const refuse = (what: string, count: number, help: string): void => {
    if (count <= MOST_DROPPED * frames) return;
    throw new Error(
      `${place}: ${what} (got ${count} of ${frames} frames), expected at most ${100 * MOST_DROPPED} %; ${help}`,
    );
  };
  refuse(
    "mismatched chirality",
    mirrored,
    "the molecule is mirrored (D for L): negate one axis, or simulate the system's own",
  );
  refuse(
    "invalid hydrogens",
    hydrogens,
    "no exchange within CH3, CH2 and NH2 groups gives the system's; check the order of the atoms",
  );
  refuse(
    "invalid bonds or angles",
    outside,
    "they lie outside the range of the coordinates; check that this is the system's molecule",
  );
}
