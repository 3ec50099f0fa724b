/** A run's flow at all its temperatures: where it is told them, one draw gives log Z and populations from the hottest to the coldest. */
import { reverseEss } from "../evaluate/ess";
import { type CurvePoint, temperatureCurve } from "../evaluate/temperature-curve";
import { isTold, temperatureAt } from "../flow/temperature";
import type { RunRecord } from "../io/record";
import { createRng } from "../numerics/random";
import { logWeights } from "../target/samples";
import { type Run, sampleRun } from "./run";

export interface RunCurveOptions {
  /** Drawn over the whole range: target evaluations. Default: as many as the experiment evaluates on. */
  readonly samples?: number;
  /** Default: 13 from the coldest to the hottest in constant ratio, of which the middle one lies at half the range. */
  readonly temperatures?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** Steps of the default temperatures; between 300 and 1200 K the middle is 600 K. */
const STEPS = 12;

/**
 * log Z, and share and free energy of every basin of the run, over temperature. Plain data.
 * @example temperatureChart((await measureTemperatures(run)).map(({ temperature, basins }) => ({ temperature, ...basins[0].freeEnergy })))
 * @throws Error if the flow is not told temperatures.
 */
export async function measureTemperatures(
  run: Run,
  { samples: n = run.experiment.evaluationSamples, temperatures, signal }: RunCurveOptions = {},
): Promise<CurvePoint[]> {
  const { model, target, basins } = run.setup;
  const range = model.flow.temperatures;
  if (!range) {
    throw new Error(
      `measureTemperatures: missing temperatures (got a flow of one density, by ${run.experiment.method}), expected one that is told them; ` +
        "train the method conditioned",
    );
  }
  const samples = await sampleRun(run, n, { temperature: range, signal });
  const even = Array.from({ length: STEPS + 1 }, (_, i) => temperatureAt(range, 1 - i / STEPS));
  const rng = createRng(run.seed, 5);
  return temperatureCurve(target, samples, basins, { temperatures: temperatures ?? even, rng });
}

/**
 * The ESS (as a share) of n samples of the flow, weighted to each temperature: of a flow that is told temperatures or steered, drawn there, of others drawn once.
 * Costs n target evaluations a draw.
 * @example await measureColder(run, [300, 257, 220], { samples: 40_000 })
 */
export async function measureColder(
  run: Run,
  temperatures: readonly number[],
  { samples: n = run.experiment.evaluationSamples, signal }: Omit<RunCurveOptions, "temperatures"> = {},
): Promise<number[]> {
  const { model, target } = run.setup;
  const once = isTold(model.flow) ? null : await sampleRun(run, n, { signal });
  const shares: number[] = [];
  for (const temperature of temperatures) {
    const samples = once ?? (await sampleRun(run, n, { temperature, signal }));
    shares.push(reverseEss(logWeights(target, samples, temperature)));
  }
  return shares;
}

/** The curve that a record keeps. @throws Error if it keeps none. */
export function recordedCurve({ method, metrics }: Pick<RunRecord, "method" | "metrics">): readonly CurvePoint[] {
  const curve = metrics.temperatures as readonly CurvePoint[] | undefined;
  if (curve) return curve;
  throw new Error(
    `recordedCurve: missing temperatures (got a record of method ${method}), expected one of a flow that is told them: method conditioned`,
  );
}
