/**
 * Groups of three equivalent hydrogens that turn as one, CH3 and NH3+: three arrangements of the same energy for each, of which one is enough (paper,
 * "Coordinates", leaves all three).
 *
 * Of the hydrogens 1, 2, 3 the first has a torsion t about its bond, the others d2 > 0 and d3 < 0 against it. Naming them one further takes t to t + d2, d2 to
 * d3 - d2 + a turn and d3 to -d2, and so their mean direction s = t + (d2 + d3) / 3 to s + a third of a turn: exactly, whatever the group's shape. A third of a
 * turn of s therefore holds every structure once. It is what a folded rotor's x spans, in the place of t; the map from one to the other has the
 * determinant 1, and a density three times that of the single arrangement, so that log-dets stay what they are with x spanning the turn.
 */
import { hydrogenGroups } from "./hydrogens";
import { createScaling } from "./scaling";
import type { CoordinateSpec, Rotor } from "./spec";
import type { Topology } from "./topology";

const THIRD = 1 / 3;

/** The rotors of a molecule, centred where they stand at the minimum. */
export function findRotors(topology: Topology, spec: CoordinateSpec): Rotor[] {
  const { torsions } = spec.minimum;
  return hydrogenGroups(topology, { ...spec, rotors: [] }).flatMap(({ atoms, torsions: halves }) => {
    const second = halves.find((k) => spec.upperHalf.includes(k));
    const third = halves.find((k) => spec.lowerHalf.includes(k));
    if (atoms.length !== 3 || second === undefined || third === undefined) return [];
    const torsion = spec.torsions.findIndex(([atom]) => atom === atoms[2]);
    // The first hydrogen's torsion is measured against something else; in a frame of three atoms it may have none.
    if (torsion < 0 || halves.includes(torsion)) return [];
    return [{ torsion, second, third, centre: torsions[torsion]! + (torsions[second]! + torsions[third]! - 1) / 3 }];
  });
}

/** The coordinates with every rotor folded into one of its three arrangements. */
export function foldRotors(topology: Topology, spec: CoordinateSpec): CoordinateSpec {
  return { ...spec, rotors: findRotors(topology, spec) };
}

/** Positions in q of what belongs to each hydrogen of a rotor, first to third: its bond, its angle; and of the three torsions. */
function placesOf({ bonds, angles, torsions }: CoordinateSpec, { torsion, second, third }: Rotor) {
  const rows = [torsion, second, third].map((k) => torsions[k]!);
  const at = (all: readonly (readonly number[])[], atom: number): number => all.findIndex(([own]) => own === atom);
  const first = bonds.length + angles.length;
  return {
    bonds: rows.map(([atom]) => at(bonds, atom)),
    angles: rows.map(([atom]) => bonds.length + at(angles, atom)),
    torsions: [first + torsion, first + second, first + third] as const,
  };
}

/**
 * Points of the coordinates that are not folded, such as ground truth, as points of the folded ones: their hydrogens named anew.
 * @param x [n, dof]
 */
export function foldFrames(spec: CoordinateSpec, x: Float32Array): Float32Array {
  const free = createScaling({ ...spec, rotors: [] });
  const folded = createScaling(spec);
  const dof = free.index.length;
  const rotors = (spec.rotors ?? []).map((rotor) => ({ places: placesOf(spec, rotor), centre: rotor.centre }));
  const made = new Float32Array(x.length);
  const q = free.constants.slice();
  for (let row = 0; row < x.length; row += dof) {
    for (let k = 0; k < dof; k++) q[free.index[k]!] = free.offset[k]! + free.scale[k]! * x[row + k]!;
    for (const { places, centre } of rotors) {
      const [t, d2, d3] = places.torsions;
      const direction = q[t]! + (q[d2]! + q[d3]! - 1) / 3;
      // Thirds of a turn to go, so that the direction is within a sixth of the centre.
      let steps = Math.floor((centre + THIRD / 2 - direction) * 3);
      for (steps = ((steps % 3) + 3) % 3; steps > 0; steps--) {
        for (const three of [places.bonds, places.angles]) cycle(q, three);
        const [before, after] = [q[d2]! - 0.5, q[d3]! - 0.5];
        q[t] = q[t]! + before;
        q[d2] = after - before + 1.5;
        q[d3] = 0.5 - before;
      }
      // Whole turns are left; folded x is that of the direction.
      const turned = q[t]! + (q[d2]! + q[d3]! - 1) / 3;
      q[t] = turned - Math.round(turned - centre);
    }
    for (let k = 0; k < dof; k++) made[row + k] = (q[folded.index[k]!]! - folded.offset[k]!) / folded.scale[k]!;
  }
  return made;
}

/** The first place takes what the second has, and so on. */
function cycle(q: Float64Array, [a, b, c]: readonly number[]): void {
  [q[a!], q[b!], q[c!]] = [q[b!]!, q[c!]!, q[a!]!];
}
