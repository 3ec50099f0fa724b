/** Where hot chains walk: the internal coordinates of a molecule from relaxed structures in its basins, or the mixture's plane from the prior. */
import { samplePrior } from "../flow/prior";
import { createRng } from "../numerics/random";
import { internalSpace, type Space } from "../sample/space";
import { basinStarts, relax, USUAL_SCALE } from "../sample/starts";
import { turnsOf } from "../sample/turn";
import type { Ground } from "../train/walk";
import type { Setup } from "./setup";

/** Different starts, of which all chains are copies: at a high temperature they part soon. */
const STARTS = 64;
const RELAX = { iterations: 200, scale: USUAL_SCALE };

/** Where chains walk. */
export function spaceOf({ target, molecule }: Pick<Setup, "target" | "molecule">): Space {
  return internalSpace(target, molecule ? turnsOf(molecule.coordinates) : []);
}

export function groundOf(setup: Pick<Setup, "target" | "model" | "molecule">, temperature: number): Ground {
  const { target, model, molecule } = setup;
  const space = spaceOf(setup);
  if (!molecule) {
    const starts = (n: number, seed: number): Float64Array =>
      Float64Array.from(samplePrior(model.flow, n, createRng(seed)));
    return { space, starts: (n, seed) => Promise.resolve(starts(n, seed)) };
  }
  return {
    space,
    async starts(walkers, seed) {
      const count = Math.min(walkers, STARTS);
      const relaxed = await relax(space, basinStarts(target, molecule, count, seed), { ...RELAX, temperature });
      const x = new Float64Array(walkers * target.dof);
      for (let k = 0; k < x.length; k++) x[k] = relaxed[k % relaxed.length]!;
      return x;
    },
  };
}
