/** Whether two independent estimates agree: free energies and means of separate runs, samplers and programs side by side. */
import { requireCoordinates } from "../coords/convert";
import type { Estimate } from "../evaluate/logz";
import type { MolecularSystem } from "../target/molecule";
import type { LangevinRecord } from "./langevin-run";
import { createObservables, observeFrames } from "./observables";
import type { GroundTruth } from "./store";
import type { EndSummary } from "./summary";

/** Two estimates of one quantity. A type, not an interface, so that `table` takes rows as records. */
export type Agreement = {
  readonly quantity: string;
  readonly first: Estimate;
  readonly second: Estimate;
  /** Their difference in combined standard errors: beyond 3 chance does not explain it. */
  readonly sigmas: number;
};

export function compareEstimates(quantity: string, first: Estimate, second: Estimate): Agreement {
  const error = Math.hypot(first.error, second.error);
  const difference = first.value - second.value;
  return { quantity, first, second, sigmas: difference === 0 ? 0 : difference / error };
}

/** The mean of independent estimates of one quantity, all of equal weight. */
export function averageEstimates(estimates: readonly Estimate[]): Estimate {
  const { length } = estimates;
  return {
    value: estimates.reduce((sum, { value }) => sum + value / length, 0),
    error: Math.hypot(...estimates.map(({ error }) => error)) / length,
  };
}

/** F(phi > 0) - F(phi < 0) in kT of a share with its error (delta method); infinite where nothing was there. */
export function shareToFreeEnergy({ value, error }: Estimate): Estimate {
  return { value: Math.log((1 - value) / value), error: error / (value * (1 - value)) };
}

/** The free energy of phi > 0 of every residue in two independent runs. */
export function compareLeftHanded(first: EndSummary, second: EndSummary): Agreement[] {
  return first.leftHanded.map(({ share }, residue) =>
    compareEstimates(
      `F(φ${first.leftHanded.length > 1 ? residue + 1 : ""} > 0), kT`,
      shareToFreeEnergy(share),
      shareToFreeEnergy(second.leftHanded[residue]!.share),
    ),
  );
}

/** Populations and mean energies, term by term, of ground truth (first) and of Langevin dynamics at its temperature (second). */
export function compareWithLangevin(
  molecule: MolecularSystem,
  truth: GroundTruth,
  { settings, means }: LangevinRecord,
): Agreement[] {
  if (Math.abs(settings.temperature - truth.summary.temperature) > 0.5) {
    throw new RangeError(
      `compareWithLangevin: mismatched temperature (got ${settings.temperature} K of the dynamics), expected the truth's ${truth.summary.temperature} K`,
    );
  }
  requireCoordinates("compareWithLangevin", molecule.coordinates, truth);
  const observables = createObservables(molecule);
  const ours = observeFrames(observables, truth, truth.runs.length);
  return observables.names.map((name, k) => compareEstimates(name, ours[k]!, means[name]!));
}
