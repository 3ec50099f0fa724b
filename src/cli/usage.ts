/** What the command line accepts: the help text, and the one error that stands for "called wrongly". */
import path from "node:path";
import { parseArgs } from "node:util";

export const HELP = `tabg: temperature-annealed Boltzmann generators

  tabg energy SYSTEM.xml FRAMES.npy --pdb TOPOLOGY.pdb --out ENERGIES.npy [--forces FORCES.npy]
      Potential energies (f64, kJ/mol) and forces (f64, kJ/mol/nm) of frames [n, atoms, 3] (f32 or f64, nm),
      with the force field of a system.xml as OpenMM writes it.

  tabg import FRAMES.npy --system SYSTEM --out X.npy [--log-dets L.npy] [--order FRAMES.pdb]
      A trajectory [n, atoms, 3] (f32 or f64, nm) as points x [n, dof] of the flow's space (f32), with their
      log-determinants (f64). SYSTEM: a name as below, or a system.xml with --pdb TOPOLOGY.pdb.
      --order: the PDB that has the trajectory's order of atoms, or a list: the position of each of the system's atoms.

  tabg experiment SYSTEM METHOD [--preset P] [--ladder T,...,T] [--set OPTION=VALUE ...] [--seed N]
                  [--device D] [--threads N] [--out DIR] [--resume]
      Trains and evaluates; writes DIR/record.json and what belongs to it.
      SYSTEM  gmm, aldp, tetra, hexa          METHOD  ta-bg, reverse-kl, forward-kl, fab, adaptive, trust-region, conditioned, hot-chains
      P       smoke (default), laptop, paper  N       an integer from 0 (default)
      D       cpu (default), webgpu, cuda, tensorflow, auto
      DIR     runs/SYSTEM-METHOD-P-N (default)
      --ladder   temperatures from hot to cold (gmm: to 1, molecules: to 300 K) instead of the preset's;
                 equal neighbours are refinements
      --set      another value than the preset's, as often as you like: --set flow.couplings=12 --set anneal.batch=512
                 (options are named as in config of record.json; null turns reuse, passes, stepEss, steered, refinement, ending, chains, exchange, alpha, averageDecay, foldRotors, confineImpropers off)
      --threads  of the CPU, by default one per core
      --resume   goes on from the last checkpoint that a run which was interrupted, or killed, left in DIR

  tabg evaluate RUN
      Compares the flow in the folder RUN with the target's own samples, and writes that into its record.json: for runs
      that are older than the ground truth.

  tabg sample RUN [--samples N] [--temperature K] [--annealed] [--populations N] [--seed N] [--out DIR]
      Samples of the flow in the folder RUN (10000) with their weights: DIR/frames.npy [n, atoms, 3] (f32, nm),
      DIR/log-weights.npy [n] (f64) and DIR/samples.json, what they are worth; errors are over the populations (10).
      --temperature  that they are weighted to; by default the run's last. A flow that knows temperatures is sampled there
      --annealed  led to the target by sequential Monte Carlo: more of them are effective, for some 50 to 130 evaluations each
      DIR         RUN/samples (default)

  tabg ground-truth SYSTEM [--preset P] [--seed N] [--out DIR] [--resume]
      Samples a molecule by parallel tempering; writes frames, histograms, moments and DIR/record.json.
      SYSTEM  aldp, tetra, hexa               P       smoke (default), short, warm, full
      N       an integer from 0 (default)     DIR     data/SYSTEM/ground-truth (full), runs/SYSTEM-ground-truth (otherwise)
      --resume  goes on from the checkpoint that an interrupted run left in DIR

  tabg langevin SYSTEM [--temperature K] [--nanoseconds T] [--seed N] [--out FILE.json]
      Langevin dynamics in Cartesian coordinates, of 16 molecules for T ns each (1): populations and mean energies at K (1200),
      to compare with ground truth. SYSTEM: one without constraints, aldp.

  tabg doctor
      Says what is installed, what is missing, and how to get it.

  tabg engine-tensorflow [--cpu] [--wheel]
      Installs TensorFlow for --device tensorflow into the folder .tensorflow, for GPUs or with --cpu for the processor.
      --wheel  builds against TensorFlow's wheel from PyPI at once, and not only where no prebuilt library can be had

  tabg --help

Exit status: 0 done, 1 failed, 2 called wrongly.
`;

/** A mistake in the call itself; the program ends with status 2. */
export class UsageError extends Error {}

/** @throws UsageError if an output would overwrite an input. */
export function requireApart(command: string, inputs: readonly string[], outputs: readonly string[]): void {
  const sources = inputs.map((file) => path.resolve(file));
  const clash = outputs.find((file) => sources.includes(path.resolve(file)));
  if (clash === undefined) return;
  throw new UsageError(`${command}: invalid destination (got ${clash}, which is an input), expected another file`);
}

/** Where a command writes: lines for results, lines about them. */
export interface Streams {
  out(line: string): void;
  note(line: string): void;
}

/** What a command was given; `positionals` are as many as were asked for. */
export interface Arguments<Option extends string, Flag extends string, List extends string> {
  readonly positionals: readonly string[];
  readonly options: Readonly<Partial<Record<Option, string>>>;
  readonly lists: Readonly<Partial<Record<List, readonly string[]>>>;
  readonly flags: readonly Flag[];
}

/**
 * Reads positional arguments, all required, options of the form `--name value`, those that may be given again and again, and flags of the form `--name`.
 * @throws UsageError for an unknown or empty option, and for too few or too many arguments.
 */
export function parseCommand<Option extends string, Flag extends string = never, List extends string = never>(
  command: string,
  args: readonly string[],
  {
    positionals: names,
    options: optionNames,
    flags: flagNames = [],
    lists: listNames = [],
  }: {
    readonly positionals: readonly string[];
    readonly options: readonly Option[];
    readonly flags?: readonly Flag[];
    readonly lists?: readonly List[];
  },
): Arguments<Option, Flag, List> {
  const options = Object.fromEntries([
    ...optionNames.map((name) => [name, { type: "string" as const }] as const),
    ...flagNames.map((name) => [name, { type: "boolean" as const }] as const),
    ...listNames.map((name) => [name, { type: "string" as const, multiple: true }] as const),
  ]);
  let parsed: { positionals: string[]; values: Record<string, string | boolean | string[] | undefined> };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true }) as typeof parsed;
  } catch (cause) {
    throw new UsageError(`${command}: ${(cause as Error).message}; see "tabg --help"`, { cause });
  }
  const { positionals, values } = parsed;
  if (positionals.length !== names.length) {
    throw new UsageError(
      `${command}: ${positionals.length < names.length ? "missing" : "invalid"} arguments ` +
        `(got ${positionals.join(" ") || "none"}), expected ${names.join(" ") || "none"}; see "tabg --help"`,
    );
  }
  const empty = Object.keys(values).find((name) => values[name] === "");
  if (empty !== undefined)
    throw new UsageError(`${command}: invalid option --${empty} (got an empty value); see "tabg --help"`);
  const flags = flagNames.filter((name) => values[name] === true);
  const given = values as Partial<Record<Option, string>> & Partial<Record<List, string[]>>;
  return { positionals, options: given, lists: given, flags };
}

/** The value if it is one of those; otherwise a UsageError that lists them. */
export function requireOneOf<T extends string>(place: string, what: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) {
    throw new UsageError(`${place}: unknown ${what} (got ${value}), expected one of ${known.join(", ")}`);
  }
  return found;
}

/** The value of an option that is a number above zero; otherwise a UsageError. */
export function parsePositive(place: string, option: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new UsageError(`${place}: invalid option --${option} (got ${text}), expected a positive number`);
}

/** The value of an option that counts something; otherwise a UsageError. */
export function parseCount(place: string, option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`${place}: invalid option --${option} (got ${text}), expected a positive integer`);
}

/** The value of --seed, 0 if it was not given; otherwise a UsageError. */
export function parseSeed(place: string, text = "0"): number {
  const seed = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(seed)) {
    throw new UsageError(`${place}: invalid option --seed (got ${text}), expected an integer from 0 to 2^53 - 1`);
  }
  return seed;
}
