/** What internal coordinates of a molecule are: Z-matrix, order, constraints and halves as plain data (paper, "Coordinates"). */

/** The kind of each degree of freedom of x: bonds, angles and confined impropers (torsions of another kind) live on an interval, torsions on a circle. */
export type Channel = "bond" | "angle" | "improper" | "torsion";

/** Whether a degree of freedom is one of the torsions of the Z-matrix. */
export const isTorsion = (channel: Channel): boolean => channel === "torsion" || channel === "improper";

/** [atom, bonded to, angle with, torsion with]; the three rows of the frame hold -1 where nothing is left to define. */
export type ZMatrixRow = readonly [number, number, number, number];

/** Unscaled values in the order of the spec: bonds in nm, angles / pi, torsions as (tau + pi) / 2 pi. */
export interface InternalCoordinates {
  readonly bonds: readonly number[];
  readonly angles: readonly number[];
  readonly torsions: readonly number[];
}

/** A torsion (its position in `torsions`) from `centre - width / 2` to `centre + width / 2`, as (tau + pi) / 2 pi: the width is a share of a turn. */
export interface TorsionRange {
  readonly torsion: number;
  readonly centre: number;
  readonly width: number;
}

/** Three equivalent hydrogens that turn as one, by positions in `torsions` (`rotors.ts`). */
export interface Rotor {
  /** That of the first hydrogen about its bond. */
  readonly torsion: number;
  /** Those of the others against the first: in the upper half, and in the lower one. */
  readonly second: number;
  readonly third: number;
  /** Their mean direction at the minimum, as (tau + pi) / 2 pi: the middle of the third of a turn that x spans. */
  readonly centre: number;
}

/** The content of `data/<system>/coordinates.json`; crosses to worker threads as it is. */
export interface CoordinateSpec {
  /** One row per atom, in any order that has no cycles. */
  readonly zMatrix: readonly ZMatrixRow[];
  readonly bonds: readonly (readonly [number, number])[];
  readonly angles: readonly (readonly [number, number, number])[];
  readonly torsions: readonly ZMatrixRow[];
  /** Bonds of fixed length (nm), by their position in `bonds`; they are constants, not degrees of freedom. */
  readonly constrained: readonly { readonly bond: number; readonly length: number }[];
  /** Torsions (positions in `torsions`) confined to the half they have at the minimum, so that no mirror image is proposed. */
  readonly chiral: readonly number[];
  /** Hydrogen torsions confined to [0.5, 1], so that no two hydrogens of a group change places. */
  readonly upperHalf: readonly number[];
  /** The same, confined to [0, 0.5]. */
  readonly lowerHalf: readonly number[];
  /** Torsions confined to some other part of the circle: those of rings and planes. */
  readonly ranges?: readonly TorsionRange[];
  /** Rotors that are folded: x spans a third of a turn of the hydrogens' mean direction instead of the whole of the first one's torsion. */
  readonly rotors?: readonly Rotor[];
  /** Impropers that are confined to where they stand, with a normal prior as angles have (`impropers.ts`); in the place of a half. */
  readonly impropers?: readonly TorsionRange[];
  /** The structure of lowest energy: the centre of the scaled bonds and angles. */
  readonly minimum: InternalCoordinates;
}

/** The Z-matrix compiled to index tables; "q" is the flat vector [bonds, angles, torsions] of all unscaled values. */
export interface PlacementPlan {
  readonly atoms: number;
  readonly bonds: number;
  readonly angles: number;
  readonly torsions: number;
  /** The first three atoms, placed in a fixed frame by two bonds and the angle between them. */
  readonly frame: readonly [number, number, number];
  /** Positions in q of the frame's two bonds and its angle. */
  readonly frameValues: readonly [number, number, number];
  /** `STEP` entries per further atom, parents first: atom, its three references, positions in q of its bond, angle, torsion. */
  readonly steps: Int32Array;
}

/** Entries per atom in `PlacementPlan.steps`. */
export const STEP = 7;

type Lookup = (atoms: readonly number[]) => number;

function indexBy(kind: string, rows: readonly (readonly number[])[], start: number): Lookup {
  const positions = new Map(rows.map((row, k) => [row.join("-"), start + k]));
  return (atoms) => {
    const position = positions.get(atoms.join("-"));
    if (position === undefined) {
      throw new Error(
        `planPlacement: missing ${kind} of the Z-matrix (got none for atoms ${atoms.join("-")}), expected it in ${kind}s`,
      );
    }
    return position;
  };
}

function frameOf(rows: readonly ZMatrixRow[]): [number, number, number] {
  const missing = (row: ZMatrixRow): number => row.filter((atom) => atom < 0).length;
  const frame = rows.filter((row) => missing(row) > 0).sort((a, b) => missing(b) - missing(a));
  const [first, second, third] = frame;
  const chained = third?.[1] === second?.[0] && third?.[2] === first?.[0] && second?.[1] === first?.[0];
  if (frame.length !== 3 || !first || !second || !third || !chained || frame.some((row, k) => missing(row) !== 3 - k)) {
    throw new Error(
      `planPlacement: invalid frame (got rows ${JSON.stringify(frame)}), expected [a,-1,-1,-1], [b,a,-1,-1], [c,b,a,-1]`,
    );
  }
  return [first[0], second[0], third[0]];
}

/** Compiles a spec to placement order; throws where the Z-matrix does not place every atom exactly once. */
export function planPlacement(spec: Pick<CoordinateSpec, "zMatrix" | "bonds" | "angles" | "torsions">): PlacementPlan {
  const { zMatrix, bonds, angles, torsions } = spec;
  const atoms = zMatrix.length;
  const bond = indexBy("bond", bonds, 0);
  const angle = indexBy("angle", angles, bonds.length);
  const torsion = indexBy("torsion", torsions, bonds.length + angles.length);
  const frame = frameOf(zMatrix);
  const placed = new Set<number>(frame);
  const steps: number[] = [];
  let waiting = zMatrix.filter((row) => row.every((atom) => atom >= 0));
  while (waiting.length > 0) {
    const ready = waiting.filter(([, i, j, l]) => placed.has(i) && placed.has(j) && placed.has(l));
    if (ready.length === 0) {
      throw new Error(
        `planPlacement: invalid Z-matrix (got rows ${JSON.stringify(waiting)} that wait for each other), ` +
          "expected every reference to be placed before its atom",
      );
    }
    for (const row of ready) {
      const [atom, i, j, l] = row;
      steps.push(atom, i, j, l, bond([atom, i]), angle([atom, i, j]), torsion(row));
      placed.add(atom);
    }
    waiting = waiting.filter((row) => !ready.includes(row));
  }
  const complete = placed.size === atoms && Math.max(...placed) === atoms - 1;
  if (!complete || bonds.length !== atoms - 1 || angles.length !== atoms - 2 || torsions.length !== atoms - 3) {
    throw new Error(
      `planPlacement: mismatched spec (got ${atoms} rows for ${placed.size} atoms, ${bonds.length} bonds, ` +
        `${angles.length} angles, ${torsions.length} torsions), expected N rows, N-1 bonds, N-2 angles, N-3 torsions`,
    );
  }
  const frameValues = [
    bond([frame[1], frame[0]]),
    bond([frame[2], frame[1]]),
    angle([frame[2], frame[1], frame[0]]),
  ] as const;
  return {
    atoms,
    bonds: bonds.length,
    angles: angles.length,
    torsions: torsions.length,
    frame,
    frameValues,
    steps: Int32Array.from(steps),
  };
}
