/** The two coordinates in which a run's samples are drawn: the first residue's backbone torsions, or the mixture's plane. */
import { pairColumns, torsionAngles } from "../evaluate/ramachandran";
import type { Run } from "../experiments/run";
import type { Samples } from "../target/samples";

export interface Plane {
  readonly labels: readonly [string, string];
  /** What stands at the ends of both axes. */
  readonly low: string;
  readonly high: string;
  /** Both coordinates of every sample, spread over (-pi, pi]. */
  angles(samples: Samples): [Float64Array, Float64Array];
}

/** null for a molecule without (phi, psi). */
export function planeOf({ setup: { molecule, target } }: Run): Plane | null {
  const pair = molecule ? molecule.ramachandran[0] : null;
  if (pair === undefined) return null;
  const columns = pair === null ? [0, 1] : pairColumns(target.channels, pair);
  return {
    labels: pair === null ? ["x₁", "x₂"] : ["φ", "ψ"],
    low: pair === null ? "0" : "-180°",
    high: pair === null ? "1" : "180°",
    angles: ({ x, dof }) => columns.map((column) => torsionAngles(x, dof, column)) as [Float64Array, Float64Array],
  };
}
