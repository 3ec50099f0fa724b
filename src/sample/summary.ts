/** What a recorded run says: energies, virial, and per torsion effective samples and R-hat at both ends, with round trips and rates. */
import { LEFT_HANDED } from "../evaluate/conformations";
import { type Estimate, meanEstimate } from "../evaluate/logz";
import { RAMACHANDRAN_AXIS } from "../evaluate/ramachandran";
import { chainsOf, effectiveSampleSize, splitRhat } from "./chains";
import type { GroundTruthSettings, GroundTruthSetup, GroundTruthState } from "./ground-truth";
import { swapRates } from "./swap";
import type { Trace } from "./trace";

/** NaN, which JSON writes as null, stands where nothing varied. */
export interface EndSummary {
  readonly temperature: number;
  /** Frames of all runs. */
  readonly frames: number;
  /** kJ/mol; the error is that of independent runs. */
  readonly energy: Estimate;
  /** Exactly 1 for exact samples of the density. */
  readonly virial: Estimate;
  /** Per torsion, the smaller of cosine's and sine's. */
  readonly ess: readonly number[];
  /** Per torsion, the larger of cosine's and sine's. */
  readonly rhat: readonly number[];
  /** Share of 0 < phi < 119 degrees per residue, in every sweep; ESS and R-hat from the frames. */
  readonly leftHanded: readonly { readonly share: Estimate; readonly ess: number; readonly rhat: number }[];
}

export interface GroundTruthSummary {
  readonly sweeps: number;
  readonly invalid: number;
  readonly temperatures: readonly number[];
  readonly stepSizes: readonly number[];
  readonly acceptance: readonly number[];
  /** Of turns about bonds. */
  readonly turned: readonly number[];
  readonly swapRates: readonly number[];
  /** Per run. */
  readonly roundTrips: readonly number[];
  readonly cold: EndSummary;
  readonly hot: EndSummary;
}

const { bins: BINS } = RAMACHANDRAN_AXIS;
/** In whole bins, so that histograms of every sweep can tell; the border lies in the barrier on both sides. */
const LEFT_HANDED_BINS = LEFT_HANDED.map((x) => Math.floor(x * BINS)) as [number, number];
const isLeftHanded = (phi: number): number =>
  phi * BINS >= LEFT_HANDED_BINS[0] && phi * BINS < LEFT_HANDED_BINS[1] ? 1 : 0;

/** Only when all frames are kept. */
export function summarise(
  setup: GroundTruthSetup,
  settings: GroundTruthSettings,
  { walk, trace }: GroundTruthState,
): GroundTruthSummary {
  const { temperatures, stepSize } = walk.tuning;
  return {
    sweeps: trace.sweeps,
    invalid: trace.invalid,
    temperatures: [...temperatures],
    stepSizes: [...stepSize],
    acceptance: Array.from(trace.acceptance, (sum) => sum / trace.sweeps),
    turned: Array.from(trace.turned, (sum) => sum / trace.sweeps),
    swapRates: swapRates(trace.swaps),
    roundTrips: walk.tempering.places.map(({ trips }) => trips.reduce((a, b) => a + b, 0)),
    cold: summariseEnd(setup, settings, trace, 0, temperatures[0]!),
    hot: summariseEnd(setup, settings, trace, 1, temperatures.at(-1)!),
  };
}

function summariseEnd(
  { space: { dof, edges }, pairs }: GroundTruthSetup,
  { runs, frames }: GroundTruthSettings,
  trace: Trace,
  end: number,
  temperature: number,
): EndSummary {
  const perRun = (value: (run: number) => number): number[] => Array.from({ length: runs }, (_, run) => value(run));
  const mean = (sum: number): Estimate =>
    meanEstimate(perRun((run) => trace.sums[2 * (end * runs + run) + sum]! / trace.sweeps));
  const chains = (column: number, map: (value: number) => number): Float64Array[] =>
    chainsOf(runs, frames, (row) => map(trace.frames[(end * runs * frames + row) * dof + column]!));
  const torsions = edges.flatMap((edge, column) => (edge === "circle" ? [column] : []));
  const circular = torsions.map((column) => [
    chains(column, (x) => Math.cos(2 * Math.PI * x)),
    chains(column, (x) => Math.sin(2 * Math.PI * x)),
  ]);
  return {
    temperature,
    frames: runs * frames,
    energy: mean(0),
    virial: mean(1),
    ess: circular.map((both) => Math.min(...both.map(effectiveSampleSize))),
    rhat: circular.map((both) => Math.max(...both.map(splitRhat))),
    leftHanded: pairs.map(([phi], pair) => {
      const inside = chains(phi, isLeftHanded);
      const share = meanEstimate(
        perRun((run) => leftHandedShare(trace, ((end * runs + run) * pairs.length + pair) * BINS * BINS)),
      );
      return { share, ess: effectiveSampleSize(inside), rhat: splitRhat(inside) };
    }),
  };
}

/** Share of the sweeps whose phi is in the left-handed bins, from a histogram [phi, psi] that begins at `first`. */
function leftHandedShare({ histograms, sweeps }: Trace, first: number): number {
  const [low, high] = LEFT_HANDED_BINS;
  return histograms.subarray(first + low * BINS, first + high * BINS).reduce((a, b) => a + b, 0) / sweeps;
}
