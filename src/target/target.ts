/** What a target density is: log p~(x) = -U(x)/kT + log|det dCartesian/dx| at any temperature (paper, "Training"). */
import type { Channel, CoordinateSpec } from "../coords/spec";

/** Evaluations of the target energy so far: of the energy alone, and of energy with gradient. */
export interface Evaluations {
  energies: number;
  gradients: number;
}

/** Energies (kJ/mol for molecules) and log-dets of a batch, one per row of x. */
export interface Energies {
  readonly energy: Float64Array;
  readonly logDet: Float64Array;
}

/** The same with d logDensity / dx, [n, dof]; rows of points without a finite gradient are 0. */
export interface Gradients extends Energies {
  readonly gradient: Float32Array;
}

/** Both parts of the density with their gradients, [n, dof] each: they give the force at any temperature. Rows without finite ones are 0. */
export interface Slopes extends Energies {
  readonly energyGradient: Float64Array;
  readonly logDetGradient: Float64Array;
}

/** A density on [0,1]^dof, evaluated in batches x [n, dof], row by row. Neither the way it is split nor the batch size changes a bit. */
export interface Target {
  readonly name: string;
  readonly dof: number;
  readonly channels: readonly Channel[];
  /** Of a molecule. */
  readonly coordinates?: CoordinateSpec;
  /** k in U / kT: kJ/mol/K for molecules, 1 where U has no unit. */
  readonly boltzmann: number;
  /** Counted here and only here, invalid points included. */
  readonly evaluations: Readonly<Evaluations>;
  energies(x: Float32Array | Float64Array, n: number): Promise<Energies>;
  /** The gradient is that of `logDensity` at this temperature, the regularisation of the energy included. */
  gradients(x: Float32Array, n: number, temperature: number): Promise<Gradients>;
  /** For samplers, which walk in double precision and at many temperatures at once; counted as gradients. */
  slopes(x: Float64Array, n: number): Promise<Slopes>;
  /** Ends the worker threads, if any. */
  close(): Promise<void>;
}

/** kT up to which the energy counts as it is. */
const LINEAR_UP_TO = 1e8;
/** kT at which it is cut off. */
const CAP = 1e20;

/** An energy in kT made harmless for a mean: linear to 1e8, logarithmic above, capped at 1e20 (paper, "Training"). NaN stays NaN. */
export function regularise(energy: number): number {
  return energy > LINEAR_UP_TO ? LINEAR_UP_TO + Math.log1p(Math.min(energy, CAP) - LINEAR_UP_TO) : energy;
}

/** The derivative of `regularise`. */
export function regularisedSlope(energy: number): number {
  if (energy > CAP) return 0;
  return energy > LINEAR_UP_TO ? 1 / (1 + energy - LINEAR_UP_TO) : 1;
}

/** log p~ (in kT) of a point from its energy and log-det. */
export function logDensity(
  { boltzmann }: Pick<Target, "boltzmann">,
  energy: number,
  logDet: number,
  temperature: number,
): number {
  return -regularise(energy / (boltzmann * temperature)) + logDet;
}

/** Whether a point may be used: energy and log-det are finite numbers. All invalid points are those that fail here. */
export function isValid(energy: number, logDet: number): boolean {
  return Number.isFinite(energy) && Number.isFinite(logDet);
}
