/** From samples of a run to Ramachandran free-energy surfaces, as sampled and reweighted (paper, Ramachandran figures). */
import { clipLogWeights, PAPER_CLIP } from "../evaluate/ess";
import { dihedrals, freeEnergy, pairColumns, ramachandran } from "../evaluate/ramachandran";
import type { Run } from "../experiments/run";
import type { Evaluation } from "../evaluate/evaluate";
import type { Histogram } from "../numerics/histogram";
import { logWeights, type Samples } from "../target/samples";
import type { Surface } from "./charts/surface";

export interface SurfacesOptions {
  /** Which (phi, psi) pair of the molecule, counted from 0. */
  readonly pair?: number;
  /** What the panels are called; the temperature by default. */
  readonly name?: string;
}

/**
 * Two surfaces of a flow's samples: as it samples, and weighted to a temperature (weights clipped as in the metrics).
 * @throws Error if the run's system has no such torsions.
 */
export function ramachandranSurfaces(
  { setup, experiment }: Run,
  samples: Samples,
  temperature: number,
  { pair = 0, name = `${temperature.toFixed(0)} K` }: SurfacesOptions = {},
): [sampled: Surface, reweighted: Surface] {
  const { molecule, target } = setup;
  const torsions = molecule?.ramachandran[pair];
  if (!torsions) {
    throw new Error(
      `ramachandranSurfaces: unknown pair (got ${pair} of ${experiment.system}), expected one of its ${molecule?.ramachandran.length ?? 0}`,
    );
  }
  const angles = dihedrals(samples.x, samples.dof, pairColumns(target.channels, torsions));
  const weights = clipLogWeights(logWeights(target, samples, temperature), PAPER_CLIP);
  return [
    { title: `${name}, sampled`, freeEnergy: freeEnergy(ramachandran(angles)) },
    { title: `${name}, reweighted`, freeEnergy: freeEnergy(ramachandran(angles, { logWeights: weights })) },
  ];
}

/**
 * Three surfaces per residue for one chart: the truth, the flow as it samples, and reweighted.
 * @param truth histograms that rest on more than the frames of the evaluation, such as those of every sweep of ground truth
 * @throws Error if the evaluation has no Ramachandran part, for its system has no such torsions.
 */
export function comparedSurfaces({ ramachandran, temperature }: Evaluation, truth?: readonly Histogram[]): Surface[] {
  if (ramachandran === null) {
    throw new Error(
      `comparedSurfaces: missing Ramachandran histograms (got none at ${temperature} K), expected an evaluation with a molecule`,
    );
  }
  return ramachandran.pairs.flatMap(({ histograms }, k) => {
    const place = ramachandran.pairs.length > 1 ? `residue ${k + 1}, ` : "";
    const panel = (name: string, of: Histogram): Surface => ({ title: place + name, freeEnergy: freeEnergy(of) });
    return [
      panel("ground truth", truth?.[k] ?? histograms.truth),
      panel("flow", histograms.plain),
      ...(histograms.reweighted ? [panel("flow, reweighted", histograms.reweighted)] : []),
    ];
  });
}
