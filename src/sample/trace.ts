/** What is kept of a parallel-tempering run at its two ends, the coldest temperature and the hottest. */
import { RAMACHANDRAN_AXIS } from "../evaluate/ramachandran";
import type { Space } from "./space";
import { addSwaps, initSwapSums, type SwapSums } from "./swap";
import { rowAt, type TemperingInfo, type TemperingState, type Tuning } from "./tempering";

export interface TraceOptions {
  readonly runs: number;
  /** Frames kept per run at each end. */
  readonly frames: number;
  /** Sweeps from one frame to the next; histograms and moments see every sweep. */
  readonly sweepsPerFrame: number;
}

/** Plain data. The numbers are of this moment; the arrays, too large to copy every sweep, are written in place. First axis: cold, hot. */
export interface Trace {
  readonly sweeps: number;
  readonly kept: number;
  readonly invalid: number;
  /** [2, runs, frames, dof] */
  readonly frames: Float32Array;
  /** [2, runs, frames] */
  readonly energies: Float64Array;
  /** [2, runs, pairs, bins, bins], on the bins of Ramachandran plots, phi slowest. */
  readonly histograms: Float64Array;
  /** Sums over sweeps of x, x^2, cos(2 pi x) and sin(2 pi x), [2, runs, dof, 4]. */
  readonly moments: Float64Array;
  /** Sums over sweeps of the energy and of the virial, [2, runs, 2]. */
  readonly sums: Float64Array;
  /** Sums of acceptance by level, [levels], and of that of turns. */
  readonly acceptance: Float64Array;
  readonly turned: Float64Array;
  readonly swaps: SwapSums;
}

const { bins: BINS } = RAMACHANDRAN_AXIS;

export function initTrace(options: TraceOptions, dof: number, pairs: number, levels: number): Trace {
  const { runs, frames, sweepsPerFrame } = options;
  if (!Number.isSafeInteger(sweepsPerFrame) || sweepsPerFrame < 1 || !Number.isSafeInteger(frames) || frames < 4) {
    throw new RangeError(
      `initTrace: invalid options (got ${frames} frames, ${sweepsPerFrame} sweeps each), expected at least 4 and 1`,
    );
  }
  return {
    sweeps: 0,
    kept: 0,
    invalid: 0,
    frames: new Float32Array(2 * runs * frames * dof),
    energies: new Float64Array(2 * runs * frames),
    histograms: new Float64Array(2 * runs * pairs * BINS * BINS),
    moments: new Float64Array(2 * runs * dof * 4),
    sums: new Float64Array(2 * runs * 2),
    acceptance: new Float64Array(levels),
    turned: new Float64Array(levels),
    swaps: initSwapSums(levels),
  };
}

/** Adds a sweep. `pairs` are the columns of (phi, psi) in x. */
export function stepTrace(
  space: Space,
  { runs, frames, sweepsPerFrame }: TraceOptions,
  pairs: readonly (readonly [number, number])[],
  { temperatures }: Tuning,
  trace: Trace,
  { places, hmc: { walkers } }: TemperingState,
  info: TemperingInfo,
): Trace {
  const { dof } = space;
  const keeps = (trace.sweeps + 1) % sweepsPerFrame === 0 && trace.kept < frames;
  for (let end = 0; end < 2; end++) {
    const level = end === 0 ? 0 : temperatures.length - 1;
    for (let run = 0; run < runs; run++) {
      const row = rowAt(places, run, level);
      const series = end * runs + run;
      const x = walkers.x.subarray(row * dof, (row + 1) * dof);
      addHistograms(trace.histograms, series * pairs.length, pairs, x);
      addMoments(trace.moments, series * dof * 4, x);
      trace.sums[2 * series]! += walkers.energy[row]!;
      trace.sums[2 * series + 1]! += virial(space, walkers, row, space.boltzmann * temperatures[level]!);
      if (!keeps) continue;
      trace.frames.set(x, (series * frames + trace.kept) * dof);
      trace.energies[series * frames + trace.kept] = walkers.energy[row]!;
    }
  }
  info.acceptance.forEach((value, level) => (trace.acceptance[level]! += value));
  info.turned.forEach((value, level) => (trace.turned[level]! += value));
  return {
    ...trace,
    swaps: addSwaps(trace.swaps, info.swap),
    sweeps: trace.sweeps + 1,
    kept: trace.kept + (keeps ? 1 : 0),
    invalid: trace.invalid + info.invalid,
  };
}

function addHistograms(
  histograms: Float64Array,
  first: number,
  pairs: readonly (readonly [number, number])[],
  x: Float64Array,
): void {
  const bin = (value: number): number => Math.min(BINS - 1, Math.floor(value * BINS)); // torsions lie on [0, 1)
  pairs.forEach(([phi, psi], pair) => {
    histograms[((first + pair) * BINS + bin(x[phi]!)) * BINS + bin(x[psi]!)]! += 1;
  });
}

function addMoments(moments: Float64Array, first: number, x: Float64Array): void {
  for (let k = 0; k < x.length; k++) {
    const value = x[k]!;
    const at = first + 4 * k;
    moments[at]! += value;
    moments[at + 1]! += value * value;
    moments[at + 2]! += Math.cos(2 * Math.PI * value);
    moments[at + 3]! += Math.sin(2 * Math.PI * value);
  }
}

/**
 * The mean over bonds and angles of -(x - 1/2) d log p / dx, whose expectation is exactly 1 wherever the density has died out at the
 * edges: equipartition, and a check on energies, log-dets and gradients that no wrong sampler passes by chance.
 */
function virial(
  { dof, edges }: Space,
  walkers: { readonly x: Float64Array; readonly energyGradient: Float64Array; readonly logDetGradient: Float64Array },
  row: number,
  kT: number,
): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < dof; k++) {
    if (edges[k] !== "interval") continue;
    const at = row * dof + k;
    sum += (walkers.x[at]! - 0.5) * (walkers.energyGradient[at]! / kT - walkers.logDetGradient[at]!);
    count++;
  }
  return sum / count;
}
