/** Tables of ground truth: how its runs went, and how far each torsion can be trusted. */
import { coordinateNames } from "../evaluate/marginals";
import { averageEstimates, compareEstimates } from "../sample/agreement";
import type { GroundTruthRecord } from "../sample/truth-record";
import type { EndSummary } from "../sample/summary";
import type { MolecularSystem } from "../target/molecule";
import { table, type Table } from "./tables";

/** Torsions that never moved have neither an effective sample size nor an R-hat; JSON holds null for them. */
const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value): value is number => value !== null && !Number.isNaN(value));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** A column per set of runs: lengths, mixing and cost. Effective samples and R-hat are those of the slowest torsion at 300 K. */
export function groundTruthTable(records: readonly GroundTruthRecord[]): Table {
  const rows = records.map(
    ({ system, seed, settings, cold, swapRates, acceptance, roundTrips, evaluations, wallSeconds }) => ({
      system,
      seed,
      runs: settings.runs,
      temperatures: settings.levels,
      frames: cold.frames,
      effective: Math.round(Math.min(...known(cold.ess))),
      "R-hat": Math.max(...known(cold.rhat)),
      "round trips": roundTrips.reduce((a, b) => a + b, 0),
      swaps: mean(swapRates),
      acceptance: mean(acceptance),
      evaluations,
      time: wallSeconds,
    }),
  );
  return table(rows, {
    format: { "R-hat": (value) => value.toFixed(4), swaps: "percent", acceptance: "percent", time: "duration" },
  });
}

/** Equipartition at both ends of each set of runs: the virial, of which exact samples have 1, and the mean energy. */
export function equipartitionTable(records: readonly GroundTruthRecord[]): Table {
  const ends = records.flatMap(({ seed, cold, hot }) => [cold, hot].map((end) => ({ seed, ...end })));
  return table(
    ends.map(({ seed, temperature, virial, energy }) => ({
      seed,
      temperature,
      virial,
      exact: 1,
      "energy (kJ/mol)": energy,
    })),
  );
}

/** The virial over all sets of runs of each molecule, and how far from 1 it is. */
export function virialTable(sets: Readonly<Record<string, readonly GroundTruthRecord[]>>): Table {
  const rows = Object.entries(sets).flatMap(([system, records]) =>
    (["cold", "hot"] as const).map((end) => {
      const quantity = `virial of ${system}, ${records[0]![end].temperature} K`;
      const virial = averageEstimates(records.map((record) => record[end].virial));
      const runs = records.reduce((sum, { settings }) => sum + settings.runs, 0);
      return { runs, ...compareEstimates(quantity, virial, { value: 1, error: 0 }) };
    }),
  );
  return table(rows);
}

/**
 * The torsions at one temperature, slowest first.
 * @throws RangeError if the summary is of another number of torsions than the molecule has.
 */
export function torsionTable(
  { topology, coordinates }: MolecularSystem,
  { ess, rhat }: EndSummary,
  { rows = Infinity }: { readonly rows?: number } = {},
): Table {
  // Impropers that a flow has confined are torsions to the simulation.
  const names = coordinateNames(topology, coordinates).flatMap(
    (name) => /^(?:torsion|improper) (.*)/.exec(name)?.[1] ?? [],
  );
  if (names.length !== ess.length) {
    throw new RangeError(
      `torsionTable: mismatched summary (got ${ess.length} torsions), expected the ${names.length} of the molecule`,
    );
  }
  const all = names
    .map((torsion, k) => ({
      torsion,
      effective: ess[k] ?? NaN,
      "R-hat": rhat[k] ?? NaN,
    }))
    .filter(({ effective }) => !Number.isNaN(effective))
    .sort((a, b) => a.effective - b.effective);
  return table(all.slice(0, rows), {
    format: { effective: (value) => Math.round(value).toString(), "R-hat": (value) => value.toFixed(4) },
  });
}
