/** Where a sampler walks: points with energy, log-det and both gradients, and the edges of each coordinate. */
import { BOLTZMANN } from "../numerics/constants";
import { createEnergy } from "../physics/energy";
import { LANES } from "../physics/fused";
import type { System } from "../physics/system";
import type { Energies, Slopes, Target } from "../target/target";

/** What happens at 0 and 1: a circle goes on at the other side, an interval reflects; a line has no end. */
export type Edge = "circle" | "interval" | "line";

/** A density exp(-U/kT + log-det) of `dof` coordinates. */
export interface Space {
  readonly name: string;
  readonly dof: number;
  readonly edges: readonly Edge[];
  /** Columns of x that grow together in a turn about a bond (see `turn.ts`); none where there are no bonds to turn about. */
  readonly turns: readonly (readonly number[])[];
  /** k in U / kT. */
  readonly boltzmann: number;
  /** x is [n, dof]; one row per walker. */
  slopes(x: Float64Array, n: number): Promise<Slopes>;
  /**
   * Of the steps within a trajectory, where it should not be all of `slopes`. Any function of x alone will do: leapfrog with any force keeps volume
   * and can be taken back, and whether its end is accepted is judged by the energies there.
   */
  forces?(x: Float64Array, n: number): Promise<Forces>;
  /** For proposals that need no force, where they are cheaper than `slopes`. */
  energies?(x: Float64Array, n: number): Promise<Energies>;
}

export type Forces = Pick<Slopes, "energyGradient" | "logDetGradient">;

/**
 * The scaled internal coordinates of a target. Bonds and angles reflect at 0 and 1, so that walkers keep to the flow's support.
 * Torsions go round: also those confined to a half, whose x = 0 and x = 1 are two places with a jump in energy between them. The jump
 * keeps volume and can be taken back, so that acceptance by the energy at its end is all that correctness asks for.
 */
export function internalSpace(target: Target, turns: Space["turns"] = []): Space {
  const { name, dof, channels, boltzmann } = target;
  const edges = channels.map((channel): Edge => (channel === "torsion" ? "circle" : "interval"));
  return {
    name,
    dof,
    edges,
    turns,
    boltzmann,
    slopes: (x, n) => target.slopes(x, n),
    energies: (x, n) => target.energies(x, n),
  };
}

/** Cartesian coordinates (nm) of a molecule without constraints, evaluated in this thread: a check on the internal ones. */
export function cartesianSpace(name: string, system: System): Space {
  if (system.constraints.length > 0) {
    throw new Error(
      `cartesianSpace: invalid system (got ${system.constraints.length} constraints in ${name}), expected none: ` +
        "walkers in Cartesian coordinates would leave them; sample internal coordinates",
    );
  }
  const energy = createEnergy(system);
  const dof = 3 * system.atoms;
  return {
    name,
    dof,
    edges: new Array<Edge>(dof).fill("line"),
    turns: [],
    boltzmann: BOLTZMANN,
    slopes(x, n) {
      const result = {
        energy: new Float64Array(n),
        logDet: new Float64Array(n),
        energyGradient: new Float64Array(n * dof),
        logDetGradient: new Float64Array(n * dof),
      };
      const rows = (data: Float64Array, from: number, to: number): Float64Array[] =>
        Array.from({ length: to - from }, (_, k) => data.subarray((from + k) * dof, (from + k + 1) * dof));
      for (let i = 0; i < n; i += LANES) {
        const end = Math.min(n, i + LANES);
        energy.evaluateTogether(rows(x, i, end), rows(result.energyGradient, i, end), result.energy.subarray(i, end));
      }
      return Promise.resolve(result);
    },
  };
}

/** Moves one coordinate by `step` past its edges; the result is [place, 1 or -1], -1 where a reflection turned it round. */
export function moveWithin(edge: Edge, x: number, step: number): readonly [number, 1 | -1] {
  const moved = x + step;
  if (edge === "line" || (moved >= 0 && moved < 1)) return [moved, 1];
  if (edge === "circle") {
    const wrapped = moved - Math.floor(moved);
    return [wrapped < 1 ? wrapped : 0, 1]; // a step of -1e-17 rounds to 1
  }
  const folded = moved - 2 * Math.floor(moved / 2); // on [0, 2), there and back
  return folded <= 1 ? [folded, 1] : [2 - folded, -1];
}
