/** Ground truth of a molecule: parallel tempering from relaxed starts in different basins, warmed up, then recorded. */
import { pairColumns } from "../evaluate/ramachandran";
import type { MolecularSystem } from "../target/molecule";
import type { Target } from "../target/target";
import { internalSpace, type Space } from "./space";
import { basinStarts, relax, USUAL_SCALE } from "./starts";
import { initTempering, initTuning, stepTempering, type TemperingInfo } from "./tempering";
import { initTrace, stepTrace, type Trace, type TraceOptions } from "./trace";
import { turnsOf } from "./turn";
import { initWarmUp, isWarm, stepWarmUp, warmUpSweeps, type WarmUpOptions, type WarmUpState } from "./warm-up";

/** Everything that a run depends on but its seed; JSON-serialisable. */
export interface GroundTruthSettings extends WarmUpOptions, TraceOptions {
  /** K. */
  readonly coldest: number;
  readonly hottest: number;
  /** Temperatures, both ends included. */
  readonly levels: number;
  /** Iterations of relaxing the starts. */
  readonly relaxations: number;
}

/** What is sampled: built from a molecule, not stored. */
export interface GroundTruthSetup {
  readonly space: Space;
  /** Columns of (phi, psi) of each residue in x. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** Plain data: what a checkpoint holds. */
export interface GroundTruthState {
  /** Its walkers go on after the warm-up; its tuning is then final. */
  readonly walk: WarmUpState;
  readonly trace: Trace;
}

export function createGroundTruthSetup(
  target: Target,
  { ramachandran, coordinates }: MolecularSystem,
): GroundTruthSetup {
  const { channels } = target;
  const pairs = ramachandran.map((pair) => pairColumns(channels, pair));
  return { space: internalSpace(target, turnsOf(coordinates)), pairs };
}

/** Relaxed starts, every temperature of a run at the run's own. */
export async function initGroundTruth(
  { space, pairs }: GroundTruthSetup,
  target: Target,
  molecule: MolecularSystem,
  settings: GroundTruthSettings,
  seed: number,
): Promise<GroundTruthState> {
  const { runs, levels, coldest, hottest, relaxations } = settings;
  const { dof } = space;
  if (!Number.isSafeInteger(levels) || levels < 2 || !(coldest > 0 && coldest < hottest && hottest < Infinity)) {
    throw new RangeError(
      `initGroundTruth: invalid ladder (got ${levels} levels from ${coldest} to ${hottest} K), expected at least 2 upwards`,
    );
  }
  const ladder = Array.from({ length: levels }, (_, k) => coldest * (hottest / coldest) ** (k / (levels - 1)));
  const tuning = initTuning(ladder, dof, USUAL_SCALE);
  const trace = initTrace(settings, dof, pairs.length, levels);
  const starts = await relax(space, basinStarts(target, molecule, runs, seed), {
    temperature: coldest,
    iterations: relaxations,
    scale: USUAL_SCALE,
  });
  const x = new Float64Array(runs * levels * dof);
  for (let row = 0; row < runs * levels; row++) {
    const run = Math.floor(row / levels);
    x.set(starts.subarray(run * dof, (run + 1) * dof), row * dof);
  }
  const tempering = await initTempering(space, settings, x, seed);
  return { walk: initWarmUp(settings, tuning, tempering), trace };
}

/** Sweeps in all and those done: what a progress display wants to know. */
export function sweepsOf(
  settings: GroundTruthSettings,
  { walk, trace }: GroundTruthState,
): { readonly done: number; readonly all: number } {
  const warmUp = warmUpSweeps(settings, walk);
  return { done: warmUp.done + trace.sweeps, all: warmUp.all + settings.frames * settings.sweepsPerFrame };
}

/** One sweep: of the warm-up, or one that is recorded. */
export async function stepGroundTruth(
  { space, pairs }: GroundTruthSetup,
  settings: GroundTruthSettings,
  { walk, trace }: GroundTruthState,
): Promise<[GroundTruthState, TemperingInfo]> {
  if (!isWarm(settings, walk)) {
    const [next, info] = await stepWarmUp(space, settings, walk);
    return [{ walk: isWarm(settings, next) ? forgetTrips(next) : next, trace }, info];
  }
  const [tempering, info] = await stepTempering(space, settings, walk.tuning, walk.tempering);
  const recorded = stepTrace(space, settings, pairs, walk.tuning, trace, tempering, info);
  return [{ walk: { ...walk, tempering }, trace: recorded }, info];
}

/** Round trips are counted from the end of the warm-up. */
function forgetTrips(walk: WarmUpState): WarmUpState {
  const places = walk.tempering.places.map((place) => ({ ...place, trips: place.trips.map(() => 0) }));
  return { ...walk, tempering: { ...walk.tempering, places } };
}
