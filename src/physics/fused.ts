/**
 * The energy of a molecule in implicit solvent and its gradient, two conformations at a time in the two lanes of a SIMD vector: the
 * WebAssembly module `energy`. What it computes is defined by the terms (`bond.ts`, `angle.ts`, `torsion.ts`, `nonbonded.ts`,
 * `born-radii.ts`, `generalized-born.ts`, `surface-area.ts`). A lane's bits do not depend on what the other lane holds.
 */
import { loadWasm } from "../io/wasm";
import { ATOM, layOut, sizeOf, VECTOR, type FusedData, type FusedSolvent } from "./fused-layout";
import type { ImplicitSolventData } from "./implicit-solvent";
import type { ForceData } from "./system";

/** Conformations that cost as much as one. */
export const LANES = 2;

/** Fills energies (kJ/mol) and gradients of `frames`, at most `LANES`. */
export type Fused = (
  frames: readonly Float64Array[],
  gradients: readonly Float64Array[] | null,
  energies: Float64Array,
) => void;

type Pass = (first: number, end: number, energy: number) => void;

interface EnergyModule {
  clear: Pass;
  stretch: Pass;
  bend: Pass;
  twist: Pass;
  measure(first: number, end: number, engulfing: boolean, energy: number): void;
  toRadii(first: number, end: number, solvent: number, energy: number): void;
  polarize(first: number, end: number, solvent: number, energy: number): void;
  spread(first: number, end: number): void;
}

/** All terms of a molecule, or null if its forces are others than those of one molecule in one implicit solvent. */
export function createFused(forces: readonly ForceData[]): Fused | null {
  const data = forces.every(canBeFused) ? toFusedData(forces) : null;
  if (data === null) return null;
  const { call, buffer, start: energy } = loadWasm<EnergyModule>("energy", VECTOR + sizeOf(data));
  const { solvent, atoms, bonds, angles, torsions } = layOut(data, buffer, energy + VECTOR);
  const { engulfing } = data.solvent.born;
  const numbers = new Float64Array(buffer);
  const [first, end] = atoms;
  const position = (first + VECTOR * ATOM.position) / 8;
  const slope = (first + VECTOR * ATOM.gradient) / 8;
  const stride = (VECTOR * ATOM.size) / 8;
  return (frames, gradients, energies) => {
    for (let lane = 0; lane < LANES; lane++) {
      const xyz = frames[lane] ?? frames[0]!; // an empty lane follows the first
      for (let k = 0, at = position + lane; k < xyz.length; k += 3, at += stride) {
        numbers[at] = xyz[k]!;
        numbers[at + LANES] = xyz[k + 1]!;
        numbers[at + 2 * LANES] = xyz[k + 2]!;
      }
    }
    call.clear(first, end, energy);
    call.stretch(...bonds, energy);
    call.bend(...angles, energy);
    call.twist(...torsions, energy);
    call.measure(first, end, engulfing, energy);
    call.toRadii(first, end, solvent, energy);
    call.polarize(first, end, solvent, energy);
    for (let lane = 0; lane < frames.length; lane++) energies[lane] = numbers[energy / 8 + lane]!;
    if (gradients === null) return;
    call.spread(first, end);
    for (let lane = 0; lane < frames.length; lane++) {
      const gradient = gradients[lane]!;
      for (let k = 0, at = slope + lane; k < gradient.length; k += 3, at += stride) {
        gradient[k] = numbers[at]!;
        gradient[k + 1] = numbers[at + LANES]!;
        gradient[k + 2] = numbers[at + 2 * LANES]!;
      }
    }
  };
}

/** Whether a force is one that `createFused` knows; GBn's and HCT's radii are not, though their charges and surfaces are. */
export function canBeFused(force: ForceData): boolean {
  if (force.type === "implicit solvent") return isFusedSolvent(force);
  return force.type in KINDS;
}

const KINDS = { bond: true, angle: true, torsion: true, nonbonded: true };

function isFusedSolvent(force: ImplicitSolventData): force is FusedSolvent {
  const { rescaling, rescalings, neck } = force.born;
  return rescaling !== null && rescalings === undefined && neck === undefined;
}

function toFusedData(forces: readonly ForceData[]): FusedData | null {
  const of = <Type extends ForceData["type"]>(type: Type): Extract<ForceData, { type: Type }>[] =>
    forces.filter((force): force is Extract<ForceData, { type: Type }> => force.type === type);
  const [nonbonded, solvent] = [of("nonbonded"), of("implicit solvent").filter(isFusedSolvent)];
  if (nonbonded.length !== 1 || solvent.length !== 1) return null;
  return {
    bonds: of("bond").flatMap(({ bonds }) => bonds),
    angles: of("angle").flatMap(({ angles }) => angles),
    torsions: of("torsion").flatMap(({ torsions }) => torsions),
    nonbonded: nonbonded[0]!,
    solvent: solvent[0]!,
  };
}
