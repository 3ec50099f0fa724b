/** All metrics of a set of samples against a truth, in one plain object: for a flow, or for bare samples of whatever method. */
import { createRng } from "../numerics/random";
import { countInvalid, logWeights } from "../target/samples";
import type { MolecularSystem } from "../target/molecule";
import type { Target } from "../target/target";
import { compareTica, type TicaComparison } from "./alpha-distances";
import { compareConformations, type ConformationComparison } from "./conformations";
import { compareEnergies, type EnergyComparison } from "./energies";
import { clipLogWeights, PAPER_CLIP } from "./ess";
import {
  type ForwardLikelihood,
  forwardLikelihood,
  isScored,
  type ReverseLikelihood,
  reverseLikelihood,
  type ScoredSet,
} from "./likelihood";
import { compareMarginals, coordinateNames, type MarginalComparison } from "./marginals";
import { createParts, type Distances } from "./parts";
import { compareRamachandran, pairColumns, type RamachandranComparison } from "./ramachandran";
import { compareTorus } from "./torus";

export interface EvaluationOptions {
  readonly target: Pick<Target, "boltzmann" | "channels">;
  readonly temperature: number;
  /** Samples of the target at this temperature, in the order of their simulation; with log q of the flow for EUBO, NLL and forward ESS. */
  readonly truth: ScoredSet;
  /** null (default): no torsions are known, and coordinates have numbers for names. */
  readonly molecule?: MolecularSystem | null;
  /** Share of the largest weights that is clipped; the paper's by default. */
  readonly clip?: number;
  /** Blocks of consecutive samples for errors that hold for a simulation. */
  readonly blocks?: number;
  /** For TICA: the lag in frames of the truth (10 by default), and the frames of each run if the truth joins several. */
  readonly lag?: number;
  readonly runs?: readonly number[];
  /** Points of one torus-W2; time grows with their cube. */
  readonly torusPoints?: number;
  /** Of bootstrap and resampling. */
  readonly seed?: number;
}

/** Plain data; what cannot be said of these samples is null. `evaluationTable` makes rows of it. */
export interface Evaluation {
  readonly temperature: number;
  /** How many samples, how many of them with no finite energy, and of the truth. */
  readonly samples: number;
  readonly invalid: number;
  readonly truth: number;
  /** On how many samples of each side `matched` distances and floors rest. */
  readonly count: number;
  readonly reverse: ReverseLikelihood | null;
  readonly forward: ForwardLikelihood | null;
  readonly ramachandran: RamachandranComparison | null;
  readonly torus: Distances | null;
  readonly conformations: readonly ConformationComparison[];
  readonly energies: EnergyComparison;
  /** Of every coordinate, those furthest above the noise first. */
  readonly marginals: readonly MarginalComparison[];
  readonly tica: TicaComparison | null;
}

/**
 * Evaluates samples against a truth at one temperature.
 * @param samples of a flow (with `logQ`: plain and reweighted), or bare (plain alone).
 * @example evaluate(await sampleRun(run, 100_000), { target, temperature: 300, truth, molecule })
 * @throws RangeError if sets are empty or do not belong together, or if a truth for TICA is shorter than the lag.
 */
export function evaluate(samples: ScoredSet, options: EvaluationOptions): Evaluation {
  const { target, temperature, truth, molecule = null, clip = PAPER_CLIP, blocks = 50 } = options;
  const { lag = 10, runs = [truth.n], torusPoints = 512, seed = 0 } = options;
  const rng = createRng(seed);
  const weights = isScored(samples) ? logWeights(target, samples, temperature) : null;
  const parts = createParts(samples, truth, weights && clipLogWeights(weights, clip));
  const pairs = (molecule?.ramachandran ?? []).map((pair) => pairColumns(target.channels, pair));
  const names = molecule
    ? coordinateNames(molecule.topology, molecule.coordinates)
    : target.channels.map((_, column) => `x${column}`);
  return {
    temperature,
    samples: samples.n,
    invalid: countInvalid(samples),
    truth: truth.n,
    count: parts.matched.count,
    reverse: weights && reverseLikelihood(weights, rng, { clip }),
    forward: isScored(truth) ? forwardLikelihood(target, truth, temperature, { blocks }) : null,
    ramachandran: pairs.length > 0 ? compareRamachandran(parts, pairs) : null,
    torus: pairs.length > 0 ? compareTorus(parts, pairs.flat(), rng, { points: torusPoints }) : null,
    conformations: compareConformations(parts, pairs, rng, { blocks }),
    energies: compareEnergies(parts, target.boltzmann * temperature),
    marginals: compareMarginals(parts, names),
    tica: molecule && compareTica(parts, molecule, { lag, runs }),
  };
}
