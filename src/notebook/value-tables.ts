/** Tables of a molecule and of samples: what they are, in numbers. */
import { quantile } from "../numerics/quantile";
import type { MolecularSystem } from "../target/molecule";
import { countInvalid, type Samples } from "../target/samples";
import { formatNumber, formatPercent } from "./numbers";
import { rowsTable } from "./run-tables";
import type { Table } from "./tables";

/** Atoms, coordinates and the terms of the force field. */
export function systemTable({ name, system, topology, coordinates, ramachandran }: MolecularSystem): Table {
  const { bonds, angles, torsions, constrained, chiral } = coordinates;
  const residues = [...new Set(topology.atoms.map(({ residue }) => residue))];
  return rowsTable([
    ["molecule", name],
    ["atoms", formatNumber(system.atoms)],
    ["residues", residues.join(", ")],
    ["forces", system.forces.map(({ type }) => type).join(", ")],
    ["internal coordinates", `${bonds.length} bonds, ${angles.length} angles, ${torsions.length} torsions`],
    ["bonds of fixed length", formatNumber(constrained.length)],
    ["degrees of freedom", formatNumber(bonds.length + angles.length + torsions.length - constrained.length)],
    ["chirality centres", formatNumber(chiral.length)],
    ["(φ, ψ) pairs", formatNumber(ramachandran.length)],
  ]);
}

/** How many there are, and how their energies and densities are spread. */
export function samplesTable(samples: Samples): Table {
  const { n, dof, energy, logQ } = samples;
  const invalid = countInvalid(samples);
  const spread = (values: ArrayLike<number>): string =>
    [0.05, 0.5, 0.95].map((share) => formatNumber(quantile(values, share))).join(", ");
  return rowsTable([
    ["samples", formatNumber(n)],
    ["degrees of freedom", formatNumber(dof)],
    ["invalid", n > 0 ? `${formatNumber(invalid)} (${formatPercent(invalid / n)})` : "0"],
    ["energy: 5, 50, 95 % quantiles", spread(energy)],
    ["log q: 5, 50, 95 % quantiles", spread(logQ)],
  ]);
}
