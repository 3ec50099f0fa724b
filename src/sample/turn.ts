/** Turns about single bonds: Metropolis proposals that cross torsional barriers in one step, methyl rotors and cis-trans flips above all. */
import { confinedTorsions, createScaling } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { createRng } from "../numerics/random";
import { isValid } from "../target/target";
import type { HmcState } from "./hmc";
import { moveWithin, type Space } from "./space";
import { chooseWalkers, placeWalkers } from "./walkers";

/** Of a full turn; with each its opposite, so that way and way back are equally likely. */
const ANGLES = [1 / 3, -1 / 3, 1 / 2] as const;

/**
 * The columns of x that grow together when one end of the molecule is turned about a bond, one list per bond that can turn: the
 * torsions a-i-j-l about i-j whose l is bonded to j. Those measured against a neighbour of i itself follow without a change.
 */
export function turnsOf(spec: CoordinateSpec): number[][] {
  const { channels, index } = createScaling(spec);
  const first = spec.bonds.length + spec.angles.length;
  const column = (torsion: number): number => index.indexOf(first + torsion);
  const key = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
  const bonded = new Set(spec.bonds.map(([a, b]) => key(a, b)));
  const confined = confinedTorsions(spec);
  const turns = new Map<string, number[]>();
  spec.torsions.forEach(([, i, j, l], torsion) => {
    if (!bonded.has(key(j, l)) || confined.has(torsion) || channels[column(torsion)] !== "torsion") return;
    const axis = key(i, j);
    turns.set(axis, [...(turns.get(axis) ?? []), column(torsion)]);
  });
  return [...turns.values()];
}

/** One proposal per walker, about a bond and by an angle of its own; costs one target evaluation per walker. */
export async function stepTurn(
  space: Space,
  kT: Float64Array,
  { walkers, rng: stored }: HmcState,
): Promise<[HmcState, { readonly acceptance: Float64Array }]> {
  const rng = createRng(stored);
  const { n, energy, logDet } = walkers;
  const { dof, edges, turns } = space;
  const x = walkers.x.slice();
  for (let i = 0; i < n; i++) {
    const angle = ANGLES[rng.integer(ANGLES.length)]!;
    for (const k of turns[rng.integer(turns.length)]!)
      x[i * dof + k] = moveWithin(edges[k]!, x[i * dof + k]!, angle)[0];
  }
  const turned = await placeWalkers(space, x);
  const acceptance = new Float64Array(n);
  const accepted = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const u = rng.uniform();
    const gain = (energy[i]! - turned.energy[i]!) / kT[i]! + turned.logDet[i]! - logDet[i]!;
    if (isValid(turned.energy[i]!, turned.logDet[i]!)) acceptance[i] = Math.min(1, Math.exp(gain));
    accepted[i] = u < acceptance[i]! ? 1 : 0;
  }
  return [{ walkers: chooseWalkers(walkers, turned, accepted), rng: rng.state() }, { acceptance }];
}
