/** How much of the samples lies in every metastable region of every residue: in truth, as the flow samples, and reweighted. */
import { clipLogWeights } from "../evaluate/ess";
import { dihedrals, pairColumns } from "../evaluate/ramachandran";
import { metastableRegions, type RegionOptions, regionShares } from "../evaluate/regions";
import type { Run } from "../experiments/run";
import type { GroundTruth } from "../sample/store";
import { logWeights, type Samples } from "../target/samples";
import { table, type Table } from "./tables";

export interface RegionTableOptions extends RegionOptions {
  readonly temperature?: number;
  /** Share of the largest weights that is cut to the smallest of them (`PAPER_CLIP` in the papers' figures). Default: 0. */
  readonly clip?: number;
}

const degrees = (angle: number): number => Math.round((180 / Math.PI) * angle);

/**
 * A row per region, found in the truth's histograms of every sweep; the place is that of its densest bin. Errors are those of blocks: of the truth, of its frames;
 * `effective` are the samples inside that count after reweighting.
 * @throws Error if the molecule has no (phi, psi).
 */
export function regionTable(
  { setup: { molecule, target }, experiment: { system } }: Pick<Run, "setup" | "experiment">,
  samples: Samples,
  truth: Pick<GroundTruth, "n" | "dof" | "x" | "ramachandran">,
  { temperature = 300, clip = 0, ...options }: RegionTableOptions = {},
): Table {
  if (!molecule || molecule.ramachandran.length === 0) {
    throw new Error(`regionTable: missing torsions (got ${system}), expected a molecule with phi and psi`);
  }
  const weights = clipLogWeights(logWeights(target, samples, temperature), clip);
  const rows = molecule.ramachandran.flatMap((pair, residue) => {
    const columns = pairColumns(target.channels, pair);
    const map = metastableRegions(truth.ramachandran[residue]!, options);
    const flow = regionShares(map, dihedrals(samples.x, samples.dof, columns), weights);
    const frames = regionShares(map, dihedrals(truth.x, truth.dof, columns), new Float64Array(truth.n), { blocks: 40 });
    return map.regions.map((region, k) => {
      const { sampled, sampledError, reweighted, reweightedError, effective } = flow[k]!;
      return {
        residue: residue + 1,
        "φ (°)": degrees(region.phi),
        "ψ (°)": degrees(region.psi),
        truth: { value: region.share, error: frames[k]!.sampledError },
        flow: { value: sampled, error: sampledError },
        reweighted: { value: reweighted, error: reweightedError },
        effective: Math.round(effective),
        "reweighted / truth": reweighted / region.share,
      };
    });
  });
  return table(rows, { format: { truth: "percent", flow: "percent", reweighted: "percent" } });
}
