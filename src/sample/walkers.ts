/** Walkers: points with everything that was paid for when they were evaluated, so that no step pays again. */
import { takeRows } from "../numerics/rows";
import { isValid, type Slopes } from "../target/target";
import type { Space } from "./space";

/** n points as plain data, x [n, dof], with energy, log-det and both gradients. Never written to once made. */
export interface Walkers extends Slopes {
  readonly n: number;
  readonly x: Float64Array;
}

/** Evaluates points; costs n target evaluations. */
export async function placeWalkers(space: Space, x: Float64Array): Promise<Walkers> {
  const n = x.length / space.dof;
  if (!Number.isSafeInteger(n)) {
    throw new RangeError(
      `placeWalkers: mismatched x (got ${x.length} numbers), expected a multiple of ${space.dof}, the coordinates of ${space.name}`,
    );
  }
  return { n, x, ...(await space.slopes(x, n)) };
}

/** @throws Error naming the first walker without a finite energy: from there no step would ever be judged. */
export function requireValid(place: string, { n, energy, logDet }: Walkers): void {
  for (let i = 0; i < n; i++) {
    if (isValid(energy[i]!, logDet[i]!)) continue;
    throw new Error(
      `${place}: invalid start of walker ${i} (got energy ${energy[i]}, log-det ${logDet[i]}), expected finite numbers; ` +
        "start from relaxed structures",
    );
  }
}

/** Row by row: `other` where `chosen` is not 0, else `own`. */
export function chooseWalkers(own: Walkers, other: Walkers, chosen: Uint8Array): Walkers {
  return collect(own.n, (field) => chooseRows(own[field], other[field], chosen));
}

/** The same of one array, whose rows are equally wide. */
export function chooseRows(own: Float64Array, other: Float64Array, chosen: Uint8Array): Float64Array {
  const width = own.length / chosen.length;
  const picked = own.slice();
  chosen.forEach((is, i) => {
    if (is) picked.set(other.subarray(i * width, (i + 1) * width), i * width);
  });
  return picked;
}

/** The walkers at these rows; a row may come again (resampling). */
export function takeWalkers(walkers: Walkers, rows: ArrayLike<number>): Walkers {
  return collect(rows.length, (field) => takeRows(walkers[field], walkers[field].length / walkers.n, rows));
}

/** n walkers, field by field. */
function collect(n: number, of: (field: Exclude<keyof Walkers, "n">) => Float64Array): Walkers {
  return {
    n,
    x: of("x"),
    energy: of("energy"),
    logDet: of("logDet"),
    energyGradient: of("energyGradient"),
    logDetGradient: of("logDetGradient"),
  };
}
