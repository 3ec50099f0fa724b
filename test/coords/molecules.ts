/** Molecules for tests of topology and Z-matrix: the shipped ones by their atom names, and one made up of rings and branches. */
import type { PdbAtom } from "../../src/coords/pdb";
import type { Topology } from "../../src/coords/topology";
import { createRng } from "../../src/numerics/random";
import { loadReference, type SystemName } from "./reference";

function atomOf(label: string): PdbAtom {
  const [residue, name] = label.split(":") as [string, string];
  return { residue, name, element: name[0]! };
}

/** A topology from labels such as "ALA2:CA" and bonds. */
export function topologyOf(labels: readonly string[], bonds: readonly (readonly [number, number])[]): Topology {
  return { atoms: labels.map(atomOf), bonds };
}

/** Shipped molecules are trees: the bonds of the Z-matrix are all bonds. */
export function shippedTopology(system: SystemName): Topology {
  const { spec } = loadReference(system);
  return topologyOf((spec as typeof spec & { atomNames: string[] }).atomNames, spec.bonds);
}

/**
 * A ring of five carbons, one with OH, its neighbour with CH3: two chiral centres, three CH2, one CH3.
 * The geometry is rough (a flat ring, substituents above and below it) and jittered by a seed.
 */
export function ringMolecule(seed = 0): { topology: Topology; xyz: Float64Array } {
  const labels: string[] = [];
  const bonds: [number, number][] = [];
  const positions: number[][] = [];
  const add = (name: string, position: number[], ...to: number[]): number => {
    const atom = labels.push(`MCP1:${name}`) - 1;
    positions.push(position);
    for (const other of to) bonds.push([other, atom]);
    return atom;
  };
  const around = (k: number, radius: number, height: number): number[] => {
    const angle = (2 * Math.PI * k) / 5;
    return [radius * Math.cos(angle), radius * Math.sin(angle), height];
  };
  for (let k = 0; k < 5; k++) add(`C${k}`, around(k, 0.13, 0), ...(k > 0 ? [k - 1] : []));
  bonds.push([0, 4]);
  add("HO", around(0, 0.27, 0.11), add("O", around(0, 0.18, 0.12), 0));
  add("H", around(0, 0.18, -0.09), 0);
  const methyl = add("CM", around(1, 0.19, 0.12), 1);
  add("H1", around(1, 0.18, -0.09), 1);
  const methylHydrogens = [around(0.85, 0.26, 0.15), around(1.15, 0.26, 0.15), around(1, 0.13, 0.21)];
  for (const position of methylHydrogens) add("HM", position, methyl);
  for (const k of [2, 3, 4]) for (const side of [0.09, -0.09]) add(`H${k}`, around(k, 0.18, side), k);
  const rng = createRng(seed);
  const xyz = Float64Array.from(positions.flat(), (value) => value + 0.01 * (rng.uniform() - 0.5));
  return { topology: topologyOf(labels, bonds), xyz };
}
