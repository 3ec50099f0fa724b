/** From samples to what histograms and marginals draw: as sampled, weighted to a temperature, and the truth beside them. */
import { type Frames, requireCoordinates } from "../coords/convert";
import { logMeanExp } from "../numerics/logsumexp";
import type { MolecularSystem } from "../target/molecule";
import { logWeights, type Samples } from "../target/samples";
import type { Target } from "../target/target";
import type { HistogramSeries } from "./charts/histogram";
import type { MarginalPanel } from "./charts/panels";
import { backboneColumns, findColumns } from "./columns";
import { relativeWeights } from "./weights";

/** Potential energies (kJ/mol) as sampled and weighted to a temperature, for `histogramChart`. */
export function energySeries(
  target: Pick<Target, "boltzmann">,
  samples: Samples,
  temperature: number,
): HistogramSeries[] {
  const values = samples.energy;
  return [
    { name: "sampled", values },
    { name: "reweighted", values, weights: relativeWeights(logWeights(target, samples, temperature)) },
  ];
}

/** Log weights at a temperature (kT) about the log of their mean, for `histogramChart`: of a perfect flow all are 0. */
export function weightSeries(
  target: Pick<Target, "boltzmann">,
  samples: Samples,
  temperature: number,
  name = "samples",
): HistogramSeries {
  const weights = logWeights(target, samples, temperature);
  const mean = logMeanExp(weights);
  return { name, values: weights.map((weight) => weight - mean) };
}

/**
 * Panels for `marginalsChart`: each coordinate as sampled, weighted to a temperature and, if given, in the truth.
 * @param options.truth from `loadGroundTruth`.
 * @throws RangeError for an unknown coordinate; Error if the truth is known to be of other coordinates than the molecule's.
 */
export function marginalPanels(
  molecule: MolecularSystem,
  target: Pick<Target, "boltzmann">,
  samples: Samples,
  temperature: number,
  { coordinates, truth }: { readonly coordinates?: readonly string[]; readonly truth?: Frames } = {},
): MarginalPanel[] {
  if (truth) requireCoordinates("marginalPanels", molecule.coordinates, truth);
  const columns = coordinates ? findColumns(molecule, coordinates) : backboneColumns(molecule);
  const weights = relativeWeights(logWeights(target, samples, temperature));
  return columns.map((column) => {
    const values = column.values(samples);
    return {
      title: `${column.name} (${column.unit})`,
      ...(column.isTorsion && { range: [-180, 180] as const }),
      series: [
        { name: "sampled", values },
        { name: "reweighted", values, weights },
        ...(truth ? [{ name: "truth", values: column.values(truth) }] : []),
      ],
    };
  });
}
