/** Samples of a trained flow, plain or led to its target, with what they are worth: for who wants frames, and for what can be had without more training. */
import path from "node:path";
import type { BasinShare } from "../evaluate/basin";
import { effectiveSamples, reverseEss } from "../evaluate/ess";
import { type Estimate, populationLogZ } from "../evaluate/logz";
import { toldAt } from "../flow/temperature";
import { count, duration, estimate, list, readFields, type Rules, table, text } from "../io/fields";
import { createRng } from "../numerics/random";
import { logWeights, type Samples } from "../target/samples";
import type { AisSampling, AisWatch } from "../train/ais";
import { finalTemperature } from "./presets";
import { annealSamples } from "./refine";
import { basinShares, type Run, sampleRun } from "./run";
import { versions } from "./versions";

export interface SamplesOptions extends AisWatch {
  readonly seed: number;
  readonly samples: number;
  /** That they are weighted to, and drawn at by a flow that knows temperatures. Default: the run's last. */
  readonly temperature?: number;
  /** Independent of each other and equally large; errors are over them. */
  readonly populations: number;
  /** How they are led to the target (`annealSamples`); null: weights alone. */
  readonly annealing: Omit<AisSampling, "temperature" | "block"> | null;
}

/** Plain data: how samples were drawn, what they are worth, what they say. */
export interface SamplesRecord {
  readonly system: string;
  readonly method: string;
  /** Of the run whose flow it is. */
  readonly preset: string;
  readonly runSeed: number;
  readonly seed: number;
  readonly temperature: number;
  readonly samples: number;
  readonly populations: number;
  /** As shares: the paper's, with the largest weights cut, and with none cut. Resampled walkers that come from one are alike: they count more than they are worth. */
  readonly ess: number;
  readonly essUncut: number;
  readonly logZ: Estimate;
  readonly basins: readonly (BasinShare & { readonly basin: string })[];
  /** Of the target, the way's search too. */
  readonly evaluations: number;
  readonly wallSeconds: number;
  readonly engine: string;
  /** The settings, and with them the densities between and the walkers' different ancestors; empty for weights alone. */
  readonly annealing: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** @throws RangeError if the populations are not at least two of equal size. */
function checkPopulations({ samples, populations }: SamplesOptions): number {
  if (Number.isSafeInteger(populations) && populations >= 2 && samples > 0 && samples % populations === 0)
    return samples / populations;
  throw new RangeError(
    `drawSamples: invalid populations (got ${populations} of ${samples} samples), expected at least two, of equally many samples`,
  );
}

/** Draws samples of the run's flow. The same seed and engine: the same samples. */
export async function drawSamples(
  run: Run,
  options: SamplesOptions,
): Promise<{ readonly samples: Samples; readonly logWeights: Float64Array; readonly record: SamplesRecord }> {
  const { experiment, setup } = run;
  const { signal, onSamples, annealing, seed, populations } = options;
  const block = checkPopulations(options);
  const { temperature = finalTemperature(experiment) } = options;
  const start = performance.now();
  const before = { ...setup.target.evaluations };
  run.rng = createRng(seed, 6).state();
  const way = { temperature, block, signal, onSamples };
  const led = annealing && (await annealSamples(run, options.samples, { ...annealing, ...way }));
  const drawn = { ...toldAt(setup.model.flow, temperature), signal };
  const samples = led?.samples ?? (await sampleRun(run, options.samples, drawn));
  const weights = logWeights(setup.target, samples, temperature);
  const { energies, gradients } = setup.target.evaluations;
  const record = {
    system: experiment.system,
    method: experiment.method,
    preset: experiment.preset,
    runSeed: run.seed,
    seed,
    temperature,
    samples: samples.n,
    populations,
    ess: reverseEss(weights),
    essUncut: effectiveSamples(weights) / samples.n,
    logZ: populationLogZ(weights, populations),
    basins: basinShares(setup, samples, weights, { blocks: populations }),
    evaluations: energies + gradients - before.energies - before.gradients,
    wallSeconds: (performance.now() - start) / 1e3,
    engine: setup.model.engine.name,
    annealing: led
      ? { ...annealing, exponents: led.path.exponents, acceptance: led.acceptance, ancestors: led.ancestors }
      : {},
    versions: versions(),
  };
  return { samples, logWeights: weights, record };
}

export const samplesRecordIn = (folder: string): string => path.join(folder, "samples.json");

const RULES: Rules<SamplesRecord> = {
  system: text,
  method: text,
  preset: text,
  runSeed: count,
  seed: count,
  temperature: duration,
  samples: count,
  populations: count,
  ess: duration,
  essUncut: duration,
  logZ: estimate,
  basins: list,
  evaluations: count,
  wallSeconds: duration,
  engine: text,
  annealing: table,
  versions: table,
};

/** @throws Error naming the file and the first field that is missing or of the wrong kind. */
export const readSamplesRecord = (file: string): SamplesRecord =>
  readFields(file, { place: "readSamplesRecord", rules: RULES, remedy: "make it with npx tabg sample RUN" });
