/** From samples to the surface on which one marks a basin and reads its population and mean coordinates. */
import type { Run } from "../experiments/run";
import { logWeights, type Samples } from "../target/samples";
import { type LinkedBin, linkedSurfaceChart } from "./charts/linked-surface";
import type { ChartSpec } from "./charts/style";
import { backboneColumns, type Column, findColumns } from "./columns";
import { relativeWeights } from "./weights";

export interface ExploreOptions {
  /** Which (phi, psi) pair of the molecule, counted from 0. */
  readonly pair?: number;
  /** Coordinates in the table, by name; backbone torsions and the angles at the alpha carbons by default. */
  readonly coordinates?: readonly string[];
  /** Free energies above are left white (kT). */
  readonly cut?: number;
}

/** 7.2 degrees each. */
const BINS = 50;
const NAMES = ["sampled", "reweighted"] as const;

/**
 * Two linked surfaces, as sampled and weighted to a temperature: mark a region in one of them, and the table says how much of either lies
 * there and what its coordinates are on average (energies and angles weighted; torsions as directions).
 * @throws Error if the run's system has no such torsions; RangeError for an unknown coordinate.
 */
export function exploreSurface(
  { setup: { molecule, target }, experiment }: Run,
  samples: Samples,
  temperature: number,
  { pair = 0, coordinates, cut = 11 }: ExploreOptions = {},
): ChartSpec {
  const number = molecule && molecule.ramachandran.length > 1 ? String(pair + 1) : "";
  if (!molecule?.ramachandran[pair]) {
    throw new Error(
      `exploreSurface: unknown pair (got ${pair} of ${experiment.system}), expected one of its ${molecule?.ramachandran.length ?? 0}`,
    );
  }
  const columns = coordinates ? findColumns(molecule, coordinates) : backboneColumns(molecule);
  const energy = { name: "energy", unit: "kJ/mol", isTorsion: false };
  const values = [...columns.map((column) => column.values(samples)), samples.energy];
  const rows = [...columns, energy].map(({ name, unit, isTorsion }) => ({ name, unit, isTorsion }));
  const [phi, psi] = findColumns(molecule, [`φ${number}`, `ψ${number}`]).map((column: Column) =>
    column.values(samples),
  );
  const logs = logWeights(target, samples, temperature);
  const weights = relativeWeights(logs);
  // A weight may be too small for a number, and its sample is one all the same.
  const weightings = [(row: number) => (logs[row]! > -Infinity ? 1 : 0), (row: number) => weights[row]!];
  const data = NAMES.flatMap((name, k) =>
    collect(`${name}, ${Math.round(temperature)} K`, [phi!, psi!], weightings[k]!, values, rows),
  );
  return linkedSurfaceChart(data, rows, { x: `φ${number} (°)`, y: `ψ${number} (°)`, bins: BINS, cut });
}

/** Sums over the samples of every bin that has weight. */
function collect(
  panel: string,
  [phi, psi]: readonly [Float64Array, Float64Array],
  weightOf: (row: number) => number,
  values: readonly Float64Array[],
  rows: readonly { readonly isTorsion: boolean }[],
): LinkedBin[] {
  const shares = new Float64Array(BINS * BINS);
  const sums = rows.map(({ isTorsion }) =>
    Array.from({ length: isTorsion ? 2 : 1 }, () => new Float64Array(BINS * BINS)),
  );
  const binOf = (degrees: number): number =>
    Math.min(BINS - 1, Math.max(0, Math.floor(((degrees + 180) / 360) * BINS)));
  let total = 0;
  for (let row = 0; row < phi.length; row++) {
    const weight = weightOf(row);
    if (!(weight > 0)) continue;
    const bin = binOf(phi[row]!) * BINS + binOf(psi[row]!);
    shares[bin]! += weight;
    total += weight;
    rows.forEach(({ isTorsion }, k) => {
      const value = values[k]![row]!;
      const radians = (value * Math.PI) / 180;
      sums[k]![0]![bin]! += weight * (isTorsion ? Math.cos(radians) : value);
      if (isTorsion) sums[k]![1]![bin]! += weight * Math.sin(radians);
    });
  }
  const highest = shares.reduce((most, share) => Math.max(most, share), 0);
  return Array.from(shares.keys()).flatMap((bin) => {
    if (shares[bin] === 0) return [];
    return {
      panel,
      x: -180 + (360 / BINS) * Math.floor(bin / BINS),
      y: -180 + (360 / BINS) * (bin % BINS),
      f: -Math.log(shares[bin]! / highest),
      share: shares[bin]! / total,
      // Four digits: there are thousands of bins, and means come from sums over many.
      sums: sums.map((parts) => parts.map((part) => Number((part[bin]! / total).toPrecision(4)))),
    };
  });
}
