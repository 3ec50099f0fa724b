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
import type { CoordinateSpec, Rotor } from "./spec";
import type { Topology } from "./topology";

/** Positions of a rotor's three torsions in q, the first hydrogen's first. */
export function rotorTorsions(
  { bonds, angles }: Pick<CoordinateSpec, "bonds" | "angles">,
  { torsion, second, third }: Rotor,
): readonly [number, number, number] {
  const first = bonds.length + angles.length;
  return [first + torsion, first + second, first + third];
}

/** How far the mean direction lies beyond the first torsion, by the other two. */
export const ahead = (second: number, third: number): number => (second + third - 1) / 3;

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
    return [{ torsion, second, third, centre: torsions[torsion]! + ahead(torsions[second]!, torsions[third]!) }];
  });
}

/** The coordinates with every rotor folded into one of its three arrangements. */
export function foldRotors(topology: Topology, spec: CoordinateSpec): CoordinateSpec {
  return { ...spec, rotors: findRotors(topology, spec) };
}

/** Positions in q of what belongs to each hydrogen of a rotor, first to third: its bond, its angle, its torsion. */
function placesOf(spec: CoordinateSpec, rotor: Rotor) {
  const { bonds, angles, torsions } = spec;
  const atoms = [rotor.torsion, rotor.second, rotor.third].map((k) => torsions[k]![0]);
  const at = (all: readonly (readonly number[])[], atom: number): number => all.findIndex(([own]) => own === atom);
  return {
    bonds: atoms.map((atom) => at(bonds, atom)),
    angles: atoms.map((atom) => bonds.length + at(angles, atom)),
    torsions: rotorTorsions(spec, rotor),
  };
}

/** Folds values q of coordinates that are not folded, in place: hydrogens named anew, and the mean direction in the place of each rotor's torsion. */
export function createFolding(spec: CoordinateSpec): (q: Float64Array) => void {
  const rotors = (spec.rotors ?? []).map((rotor) => ({ places: placesOf(spec, rotor), centre: rotor.centre }));
  return (q) => {
    for (const { places, centre } of rotors) {
      const [t, d2, d3] = places.torsions;
      const direction = q[t]! + ahead(q[d2]!, q[d3]!);
      // Thirds of a turn to go, so that the direction is within a sixth of the centre, but for whole turns.
      const steps = Math.floor((centre + 1 / 6 - direction) * 3);
      for (let k = ((steps % 3) + 3) % 3; k > 0; k--) {
        for (const three of [places.bonds, places.angles]) cycle(q, three);
        [q[d2], q[d3]] = [q[d3]! - q[d2]! + 1.5, 1 - q[d2]!];
      }
      q[t] = direction + steps / 3;
    }
  };
}

/** The first place takes what the second has, and so on. */
function cycle(q: Float64Array, [a, b, c]: readonly number[]): void {
  [q[a!], q[b!], q[c!]] = [q[b!]!, q[c!]!, q[a!]!];
}
