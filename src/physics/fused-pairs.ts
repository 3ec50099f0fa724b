/**
 * The sum of the pair terms of a molecule in implicit solvent and its gradient, two conformations at a time in the two lanes of a
 * SIMD vector: the WebAssembly module `energy`, whose memory is laid out here. What it computes is defined by `nonbonded.ts`,
 * `born-radii.ts`, `generalized-born.ts` and `surface-area.ts`. A lane's bits do not depend on what the other lane holds.
 */
import { loadWasm } from "../io/wasm";
import type { ImplicitSolventData } from "./implicit-solvent";
import { toInteractions, type Interaction, type NonbondedData } from "./nonbonded";
import { toNumerators } from "./surface-area";

/** Conformations that cost as much as one. */
export const LANES = 2;

/** A function that adds energies (kJ/mol) of `frames`, at most `LANES`, to `energies`, and their gradients to `gradients`. */
export type FusedPairs = (
  frames: readonly Float64Array[],
  gradients: readonly Float64Array[] | null,
  energies: Float64Array,
) => void;

interface EnergyModule {
  measure(first: number, end: number, engulfing: boolean, energy: number): void;
  toRadii(first: number, end: number, solvent: number, energy: number): void;
  polarize(first: number, end: number, solvent: number, energy: number): void;
  spread(first: number, end: number): void;
}

// The records of src/wasm/molecule.ts, field by field: each is a vector, the first one of addresses, of which atoms have three.
const ATOM = [
  ...["pairs", "inner", "scaled", "scaledSquare", "halfScaledCube", "outer", "charge", "surface"],
  ...["x", "y", "z", "gx", "gy", "gz", "integral", "radius", "curvature", "radiusByIntegral", "slope"],
];
const PAIR = ["other", "apart", "repulsion", "dispersion", "charge", "squared", "slope", "byFirst", "bySecond"];
const VECTOR = 16; // bytes
const ATOM_BYTES = VECTOR * ATOM.length;
const PAIR_BYTES = VECTOR * PAIR.length;
const POSITION = ATOM.indexOf("x");
const GRADIENT = ATOM.indexOf("gx");

/** (s/r)^2 up to which src/wasm/descreening.ts has a ratio of polynomials. */
const APART_UP_TO = 0.2;

/** The pair terms of one molecule. */
export function createFusedPairs(nonbonded: NonbondedData, solvent: ImplicitSolventData): FusedPairs {
  const atoms = nonbonded.particles.length;
  const { rescaling, engulfing } = solvent.born;
  const constants = [...rescaling, solvent.polar.self, solvent.polar.pair];
  const pairs = (atoms * (atoms - 1)) / 2;
  const { call, buffer, start } = loadWasm<EnergyModule>(
    "energy",
    VECTOR + 8 * (constants.length + 1) + atoms * ATOM_BYTES + pairs * PAIR_BYTES,
  );
  const numbers = new Float64Array(buffer);
  const constantsAt = start + VECTOR; // the energies stand first
  const first = constantsAt + 8 * (constants.length + 1);
  const end = first + atoms * ATOM_BYTES;
  numbers.set(constants, constantsAt / 8);
  layOut(nonbonded, solvent, buffer, first);

  const firstPosition = first / 8 + LANES * POSITION;
  const firstGradient = first / 8 + LANES * GRADIENT;
  const stride = ATOM_BYTES / 8;
  return (frames, gradients, energies) => {
    for (let lane = 0; lane < LANES; lane++) {
      const xyz = frames[lane] ?? frames[0]!; // an empty lane follows the first
      for (let k = 0, at = firstPosition + lane; k < xyz.length; k += 3, at += stride) {
        numbers[at] = xyz[k]!;
        numbers[at + LANES] = xyz[k + 1]!;
        numbers[at + 2 * LANES] = xyz[k + 2]!;
      }
      numbers[start / 8 + lane] = 0;
    }
    call.measure(first, end, engulfing, start);
    call.toRadii(first, end, constantsAt, start);
    call.polarize(first, end, constantsAt, start);
    for (let lane = 0; lane < frames.length; lane++) energies[lane] = energies[lane]! + numbers[start / 8 + lane]!;
    if (gradients === null) return;
    call.spread(first, end);
    for (let lane = 0; lane < frames.length; lane++) {
      const gradient = gradients[lane]!;
      for (let k = 0, at = firstGradient + lane; k < gradient.length; k += 3, at += stride) {
        gradient[k] = gradient[k]! + numbers[at]!;
        gradient[k + 1] = gradient[k + 1]! + numbers[at + LANES]!;
        gradient[k + 2] = gradient[k + 2]! + numbers[at + 2 * LANES]!;
      }
    }
  };
}

/** Writes the parameters of all atoms, from address `first` on, and of all pairs behind them. */
function layOut(
  nonbonded: NonbondedData,
  { born, polar, surface }: ImplicitSolventData,
  buffer: ArrayBuffer,
  first: number,
) {
  const numbers = new Float64Array(buffer);
  const addresses = new Uint32Array(buffer);
  const write = (record: number, fields: readonly string[], values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) {
      const at = (record + VECTOR * fields.indexOf(name)) / 8;
      numbers.fill(value, at, at + LANES);
    }
  };
  const { spheres } = born;
  const surfaces = surface === null ? spheres.map(() => 0) : toNumerators(surface);
  const atomAt = (i: number): number => first + i * ATOM_BYTES;
  let pairAt = atomAt(spheres.length);
  toInteractions(nonbonded).forEach((row, i) => {
    const a = spheres[i]!;
    write(atomAt(i), ATOM, {
      inner: a.inner,
      scaled: a.scaled,
      scaledSquare: a.scaled ** 2,
      halfScaledCube: a.scaled ** 3 / 2,
      outer: a.outer,
      charge: polar.charges[i]!,
      surface: surfaces[i]!,
    });
    // Neighbours along the chain last: the processor can then foresee which form of the Born integral is next.
    const rank = ({ exception, interacts }: Interaction): number => Number(exception) + 2 * Number(!interacts);
    const sorted = [...row].sort((p, q) => rank(p) - rank(q));
    const interacting = row.filter(({ interacts }) => interacts).length;
    addresses[atomAt(i) / 4] = pairAt;
    addresses[atomAt(i) / 4 + 1] = pairAt + PAIR_BYTES * interacting;
    addresses[atomAt(i) / 4 + 2] = pairAt + PAIR_BYTES * row.length;
    for (const { j, repulsion, dispersion, charge } of sorted) {
      const b = spheres[j]!;
      const touching = [a.inner + b.scaled, b.inner + a.scaled];
      const apart = Math.max(...touching, ...[a.scaled, b.scaled].map((s) => s / Math.sqrt(APART_UP_TO)));
      addresses[pairAt / 4] = atomAt(j);
      write(pairAt, PAIR, { apart, repulsion, dispersion, charge });
      pairAt += PAIR_BYTES;
    }
  });
}
