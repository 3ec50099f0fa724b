/** Writes a molecule into the memory of the WebAssembly module `energy`: the records of src/wasm/molecule.ts and bonded.ts, in order. */
import type { AngleData } from "./angle";
import type { BondData } from "./bond";
import type { Rescaling } from "./born-radii";
import type { ImplicitSolventData } from "./implicit-solvent";
import { toInteractions, type Interaction, type NonbondedData } from "./nonbonded";
import { toNumerators } from "./surface-area";
import { toSeries, type TorsionData } from "./torsion";

/** The forces of a molecule in implicit solvent. */
export interface FusedData {
  readonly bonds: BondData["bonds"];
  readonly angles: AngleData["angles"];
  readonly torsions: TorsionData["torsions"];
  readonly nonbonded: NonbondedData;
  readonly solvent: FusedSolvent;
}

/** An implicit solvent of one rescaling for all atoms, without necks. */
export type FusedSolvent = ImplicitSolventData & { readonly born: { readonly rescaling: Rescaling } };

/** First address of an array of records, and the one behind it, in bytes. */
export type Extent = readonly [first: number, end: number];

/** Where things stand. */
export interface Layout {
  /** Address of alpha, beta, gamma, self, pair. */
  readonly solvent: number;
  readonly atoms: Extent;
  readonly bonds: Extent;
  readonly angles: Extent;
  readonly torsions: Extent;
}

/** Bytes of a vector: one number for each of two conformations, or four integers. */
export const VECTOR = 16;
/** Vectors in an atom's record, and where its position and its gradient stand among them. */
export const ATOM = { size: 19, position: 8, gradient: 11 } as const;
const PAIR_SIZE = 9;
const SOLVENT_SIZE = 3;
const BOND_SIZE = 3;
const ANGLE_SIZE = 3;
const TORSION_SIZE = 3;
const HARMONIC_SIZE = 2;

/** (s/r)^2 up to which src/wasm/descreening.ts has a ratio of polynomials. */
const APART_UP_TO = 0.2;

/** Bytes that `layOut` needs. */
export function sizeOf({ bonds, angles, torsions, nonbonded }: FusedData): number {
  const atoms = nonbonded.particles.length;
  const orders = toSeries({ type: "torsion", torsions }).order;
  const vectors =
    SOLVENT_SIZE +
    ATOM.size * atoms +
    PAIR_SIZE * ((atoms * (atoms - 1)) / 2) +
    BOND_SIZE * bonds.length +
    ANGLE_SIZE * angles.length +
    orders.reduce((sum, order) => sum + TORSION_SIZE + HARMONIC_SIZE * order, 0);
  return VECTOR * vectors;
}

/** Writes all parameters, from address `start` on. */
export function layOut(data: FusedData, buffer: ArrayBuffer, start: number): Layout {
  const write = createWriter(buffer, start);
  const { born, polar } = data.solvent;
  write.numbers(...born.rescaling, polar.self, polar.pair, 0);
  const first = write.here();
  const atomAt = (atom: number): number => first + VECTOR * ATOM.size * atom;
  writeAtoms(data, write);
  writePairs(data, write, atomAt);

  const atEnd = (records: () => void): Extent => {
    const from = write.here();
    records();
    return [from, write.here()];
  };
  const bonds = atEnd(() => {
    for (const { i, j, length, k } of data.bonds) {
      write.integers(atomAt(i), atomAt(j), 0, 0);
      write.vectors(length, k);
    }
  });
  const angles = atEnd(() => {
    for (const { i, j, k, angle, stiffness } of data.angles) {
      write.integers(atomAt(i), atomAt(j), atomAt(k), 0);
      write.vectors(angle, stiffness);
    }
  });
  const torsions = atEnd(() => {
    const { atoms, order, mean, cosine, sine, stride } = toSeries({ type: "torsion", torsions: data.torsions });
    order.forEach((harmonics, t) => {
      write.integers(...[0, 1, 2, 3].map((k) => atomAt(atoms[4 * t + k]! / 3)));
      write.integers(harmonics, 0, 0, 0);
      write.vectors(mean[t]!);
      for (let n = t * stride; n < t * stride + harmonics; n++) write.vectors(cosine[n]!, sine[n]!);
    });
  });
  return { solvent: start, atoms: [first, atomAt(data.nonbonded.particles.length)], bonds, angles, torsions };
}

function writeAtoms({ nonbonded, solvent: { born, polar, surface } }: FusedData, write: Writer): void {
  const rows = toInteractions(nonbonded);
  const numerators = surface === null ? rows.map(() => 0) : toNumerators(surface);
  let pairs = write.here() + VECTOR * ATOM.size * rows.length;
  rows.forEach((row, i) => {
    const { inner, scaled, outer } = born.spheres[i]!;
    const after = (n: number): number => pairs + VECTOR * PAIR_SIZE * n;
    write.integers(pairs, after(row.filter(({ interacts }) => interacts).length), after(row.length), 0);
    write.vectors(inner, scaled, scaled ** 2, scaled ** 3 / 2, outer, polar.charges[i]!, numerators[i]!);
    write.skip(ATOM.size - ATOM.position);
    pairs = after(row.length);
  });
}

function writePairs(
  { nonbonded, solvent: { born } }: FusedData,
  write: Writer,
  atomAt: (atom: number) => number,
): void {
  // Neighbours along the chain last: the processor can then foresee which form of the Born integral is next.
  const rank = ({ exception, interacts }: Interaction): number => Number(exception) + 2 * Number(!interacts);
  toInteractions(nonbonded).forEach((row, i) => {
    for (const { j, repulsion, dispersion, charge } of row.sort((p, q) => rank(p) - rank(q))) {
      const [a, b] = [born.spheres[i]!, born.spheres[j]!];
      const touching = [a.inner + b.scaled, b.inner + a.scaled];
      const apart = Math.max(...touching, ...[a, b].map(({ scaled }) => scaled / Math.sqrt(APART_UP_TO)));
      write.integers(atomAt(j), 0, 0, 0);
      write.vectors(apart, repulsion, dispersion, charge);
      write.skip(PAIR_SIZE - 5);
    }
  });
}

type Writer = ReturnType<typeof createWriter>;

function createWriter(buffer: ArrayBuffer, start: number) {
  const doubles = new Float64Array(buffer);
  const words = new Uint32Array(buffer);
  let at = start;
  return {
    here: () => at,
    integers(...values: number[]): void {
      words.set(values, at / 4);
      at += 4 * values.length;
    },
    numbers(...values: number[]): void {
      doubles.set(values, at / 8);
      at += 8 * values.length;
    },
    /** Each number for both conformations. */
    vectors(...values: number[]): void {
      this.numbers(...values.flatMap((value) => [value, value]));
    },
    skip(vectors: number): void {
      at += VECTOR * vectors;
    },
  };
}
