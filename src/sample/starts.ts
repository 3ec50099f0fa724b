/** Where independent runs start: the minimum with its backbone turned into different basins, relaxed, so that agreement between runs means something. */
import { createFolding } from "../coords/rotors";
import { createScaling, scaledEntry } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { torsionColumn } from "../evaluate/ramachandran";
import { createRng } from "../numerics/random";
import { isValid, type Target } from "../target/target";
import type { MolecularSystem } from "../target/molecule";
import { moveWithin, type Space } from "./space";
import { chooseWalkers, placeWalkers } from "./walkers";

/** A usual deviation of a scaled coordinate at room temperature: where the search for better ones starts. */
export const USUAL_SCALE = 0.03;

/** (phi, psi) in degrees: beta, alpha-right, alpha-left, extended. */
const BASINS = [
  [-80, 80],
  [-70, -35],
  [55, 45],
  [-150, 150],
] as const;

/** The structure of lowest energy as x [dof]. */
export function minimumStructure(spec: CoordinateSpec): Float64Array {
  const scaling = createScaling(spec);
  const q = scaling.constants.slice();
  createFolding(spec)(q);
  return Float64Array.from(scaling.index, (_, k) => scaledEntry(scaling, q, k));
}

/** Structures [runs, dof]: each of the first four has all residues in one basin, further ones each residue in one drawn by the seed. */
export function basinStarts(target: Target, molecule: MolecularSystem, runs: number, seed: number): Float64Array {
  const rng = createRng(seed, 1);
  const { dof, channels } = target;
  const { coordinates, ramachandran } = molecule;
  const minimum = minimumStructure(coordinates);
  const x = new Float64Array(runs * dof);
  for (let run = 0; run < runs; run++) {
    x.set(minimum, run * dof);
    for (const pair of ramachandran) {
      const basin = BASINS[run < BASINS.length ? run : rng.integer(BASINS.length)]!;
      pair.forEach((torsion, angle) => {
        x[run * dof + torsionColumn(channels, torsion)] = basin[angle as 0 | 1] / 360 + 0.5;
      });
    }
  }
  return x;
}

export interface RelaxOptions {
  readonly temperature: number;
  readonly iterations: number;
  /** A usual deviation of a coordinate: no coordinate moves further in an iteration. */
  readonly scale: number;
}

/** Follows the slope of the log density uphill, each row with a step of its own that grows with success; costs `iterations` target evaluations per row. */
export async function relax(
  space: Space,
  x: Float64Array,
  { temperature, iterations, scale }: RelaxOptions,
): Promise<Float64Array> {
  const { dof, edges } = space;
  const kT = space.boltzmann * temperature;
  let walkers = await placeWalkers(space, x);
  const step = new Float64Array(walkers.n).fill(scale * scale);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const { energyGradient, logDetGradient } = walkers;
    const moved = walkers.x.map((value, k) => {
      const wanted = step[Math.floor(k / dof)]! * (logDetGradient[k]! - energyGradient[k]! / kT);
      return moveWithin(edges[k % dof]!, value, Math.max(-scale, Math.min(scale, wanted)))[0];
    });
    const tried = await placeWalkers(space, moved);
    const height = (w: typeof walkers, i: number): number =>
      isValid(w.energy[i]!, w.logDet[i]!) ? w.logDet[i]! - w.energy[i]! / kT : -Infinity;
    const better = Uint8Array.from(step, (_, i) => (height(tried, i) > height(walkers, i) ? 1 : 0));
    better.forEach((won, i) => (step[i]! *= won ? 1.2 : 0.5));
    walkers = chooseWalkers(walkers, tried, better);
  }
  return walkers.x;
}
