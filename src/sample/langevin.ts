/** Langevin dynamics by BAOAB (Leimkuhler & Matthews 2013): without rejections, log-dets or swaps, and so a check on samplers that have them. */
import { createRng, type RngState } from "../numerics/random";
import type { Space } from "./space";
import { placeWalkers, requireValid, type Walkers } from "./walkers";

export interface LangevinOptions {
  /** K */
  readonly temperature: number;
  /** ps */
  readonly timestep: number;
  /** 1/ps */
  readonly friction: number;
}

/** Plain data; walkers in a space without log-det, coordinates in nm. */
export interface LangevinState {
  readonly walkers: Walkers;
  /** nm/ps, [n, dof] */
  readonly velocity: Float64Array;
  readonly rng: RngState;
}

/** Walkers at x [n, dof] with velocities of the temperature; costs one target evaluation each. `masses` [dof], g/mol. */
export async function initLangevin(
  space: Space,
  masses: Float64Array,
  { temperature, timestep, friction }: LangevinOptions,
  x: Float64Array,
  seed: number,
): Promise<LangevinState> {
  if (!(temperature > 0 && timestep > 0 && friction > 0)) {
    throw new RangeError(
      `initLangevin: invalid options (got ${temperature} K, ${timestep} ps, friction ${friction}/ps), expected positive numbers`,
    );
  }
  const walkers = await placeWalkers(space, x);
  requireValid("initLangevin", walkers);
  const rng = createRng(seed);
  const kT = space.boltzmann * temperature;
  const velocity = Float64Array.from(x, (_, k) => Math.sqrt(kT / masses[k % space.dof]!) * rng.normal());
  return { walkers, velocity, rng: rng.state() };
}

/** One time step of every walker: kick, half a drift, friction and noise, half a drift, kick; costs one target evaluation each. */
export async function stepLangevin(
  space: Space,
  masses: Float64Array,
  { temperature, timestep, friction }: LangevinOptions,
  { walkers: before, velocity: old, rng: stored }: LangevinState,
): Promise<LangevinState> {
  const rng = createRng(stored);
  const { dof } = space;
  const kT = space.boltzmann * temperature;
  const half = timestep / 2;
  const kept = Math.exp(-friction * timestep);
  const noise = Float64Array.from(masses, (mass) => Math.sqrt(((1 - kept * kept) * kT) / mass));
  const velocity = old.slice();
  const x = before.x.slice();
  for (let k = 0; k < x.length; k++) {
    const coordinate = k % dof;
    const v = velocity[k]! - (half / masses[coordinate]!) * before.energyGradient[k]!;
    velocity[k] = kept * v + noise[coordinate]! * rng.normal();
    x[k]! += half * (v + velocity[k]!);
  }
  const walkers = await placeWalkers(space, x);
  for (let k = 0; k < x.length; k++) velocity[k]! -= (half / masses[k % dof]!) * walkers.energyGradient[k]!;
  return { walkers, velocity, rng: rng.state() };
}
