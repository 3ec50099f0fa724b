/** Turns about single bonds: Metropolis proposals that cross torsional barriers in one step, methyl rotors and cis-trans flips above all. */
import { confinedTorsions, createScaling } from "../coords/scaling";
import type { CoordinateSpec } from "../coords/spec";
import { createRng, type Rng } from "../numerics/random";
import { isValid } from "../target/target";
import type { HmcState } from "./hmc";
import { moveWithin, type Space } from "./space";
import { chooseRows, chooseWalkers, placeWalkers, type Walkers } from "./walkers";

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

/** What a turn is judged by. */
type Placed = Pick<Walkers, "n" | "x" | "energy" | "logDet">;

/**
 * Proposals about bonds, so many for every walker one after another, each by an angle of its own; they cost a target evaluation each, and if there are
 * several one more, for the forces where the last of them has led.
 */
export async function stepTurn(
  space: Space,
  kT: Float64Array,
  { walkers, rng: stored }: HmcState,
  count = 1,
): Promise<[HmcState, { readonly acceptance: Float64Array }]> {
  const rng = createRng(stored);
  const acceptance = new Float64Array(walkers.n);
  if (count === 1) {
    const turned = await placeWalkers(space, propose(space, walkers, rng));
    const accepted = judge(kT, walkers, turned, acceptance, rng);
    return [{ walkers: chooseWalkers(walkers, turned, accepted), rng: rng.state() }, { acceptance }];
  }
  let at: Placed = walkers;
  for (let turn = 0; turn < count; turn++) {
    const x = propose(space, at, rng);
    const turned = { n: at.n, x, ...(await (space.energies ?? space.slopes).call(space, x, at.n)) };
    const accepted = judge(kT, at, turned, acceptance, rng);
    const choose = (field: "x" | "energy" | "logDet"): Float64Array => chooseRows(at[field], turned[field], accepted);
    at = { n: at.n, x: choose("x"), energy: choose("energy"), logDet: choose("logDet") };
  }
  return [
    { walkers: await placeWalkers(space, at.x), rng: rng.state() },
    { acceptance: acceptance.map((sum) => sum / count) },
  ];
}

/** Every walker turned about a bond of its own. */
function propose({ dof, edges, turns }: Space, { n, x: from }: Placed, rng: Rng): Float64Array {
  const x = from.slice();
  for (let i = 0; i < n; i++) {
    const angle = ANGLES[rng.integer(ANGLES.length)]!;
    for (const k of turns[rng.integer(turns.length)]!)
      x[i * dof + k] = moveWithin(edges[k]!, x[i * dof + k]!, angle)[0];
  }
  return x;
}

/** Which walkers are to go where they were turned to; adds to `acceptance` with which probability each is. */
function judge(
  kT: Float64Array,
  { n, energy, logDet }: Placed,
  turned: Placed,
  acceptance: Float64Array,
  rng: Rng,
): Uint8Array {
  const accepted = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const u = rng.uniform();
    if (!isValid(turned.energy[i]!, turned.logDet[i]!)) continue;
    const gain = (energy[i]! - turned.energy[i]!) / kT[i]! + turned.logDet[i]! - logDet[i]!;
    const probability = Math.min(1, Math.exp(gain));
    acceptance[i]! += probability;
    accepted[i] = u < probability ? 1 : 0;
  }
  return accepted;
}
