/** The leapfrog integrator with a diagonal mass matrix, on circles, intervals and lines (Neal 2011, sections 5.2.3 and 5.5.1). */
import { type Forces, moveWithin, type Space } from "./space";
import { placeWalkers, type Walkers } from "./walkers";

/** How each walker moves. */
export interface Motion {
  /** [n] */
  readonly kT: Float64Array;
  /** [n], in units of `scale`. */
  readonly stepSize: Float64Array;
  /** [n, dof]: 1 / sqrt(mass). Momenta are kept divided by sqrt(mass), standard normal at rest. */
  readonly scale: Float64Array;
}

/** Adds half a step of the force -dU/kT + dLogDet to the momenta. */
function kick(
  momentum: Float64Array,
  { energyGradient, logDetGradient }: Forces,
  { kT, stepSize, scale }: Motion,
): void {
  const n = kT.length;
  const dof = momentum.length / n;
  for (let i = 0; i < n; i++) {
    const half = stepSize[i]! / 2;
    for (let k = i * dof; k < (i + 1) * dof; k++) {
      momentum[k]! += half * scale[k]! * (logDetGradient[k]! - energyGradient[k]! / kT[i]!);
    }
  }
}

/** A full step of the positions, in place; reflections turn momenta round, which keeps the map's volume and lets it be undone. */
function drift(x: Float64Array, momentum: Float64Array, space: Space, { stepSize, scale }: Motion): void {
  const { dof, edges } = space;
  for (let i = 0; i < stepSize.length; i++) {
    for (let c = 0, k = i * dof; c < dof; c++, k++) {
      const step = stepSize[i]! * scale[k]! * momentum[k]!;
      const moved = x[k]! + step;
      // Most stay between the edges; to ask for a place and a sign each time would cost more than all else here.
      if (moved >= 0 && moved < 1) x[k] = moved;
      else {
        const [place, sign] = moveWithin(edges[c]!, x[k]!, step);
        x[k] = place;
        momentum[k]! *= sign;
      }
    }
  }
}

/**
 * Follows all walkers for a number of leapfrog steps; costs as many target evaluations per walker. Walkers that leave what can be
 * evaluated end there, with an energy that is not finite.
 */
export async function integrate(
  space: Space,
  from: Walkers,
  momentum: Float64Array,
  motion: Motion,
  leapfrogs: number,
): Promise<{ walkers: Walkers; momentum: Float64Array }> {
  const moving = momentum.slice();
  const x = from.x.slice();
  let forces: Forces = from;
  for (let step = 1; step < leapfrogs; step++) {
    kick(moving, forces, motion);
    drift(x, moving, space, motion);
    forces = await (space.forces ?? space.slopes).call(space, x, from.n);
    kick(moving, forces, motion);
  }
  kick(moving, forces, motion);
  drift(x, moving, space, motion);
  const walkers = await placeWalkers(space, x);
  kick(moving, walkers, motion);
  return { walkers, momentum: moving };
}

/** -log density of walkers with momenta, [n]: what the exact flow conserves. */
export function hamiltonian(walkers: Walkers, momentum: Float64Array, kT: Float64Array): Float64Array {
  const { n, energy, logDet } = walkers;
  const dof = momentum.length / n;
  return Float64Array.from({ length: n }, (_, i) => {
    let kinetic = 0;
    for (let k = i * dof; k < (i + 1) * dof; k++) kinetic += momentum[k]! ** 2 / 2;
    return energy[i]! / kT[i]! - logDet[i]! + kinetic;
  });
}
