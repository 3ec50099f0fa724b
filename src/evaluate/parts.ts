/**
 * What is compared with what: samples plain and reweighted against the whole truth, and, at equal counts, a part of the samples and the
 * second half of the truth against its first half. The last number is the noise floor: what two sets of truth are apart.
 */
import { expScaled } from "../numerics/logsumexp";
import type { Energies } from "../target/target";

/** Points with their energies, whether a flow drew them or a simulation; rows of x in [0, 1]^dof. */
export interface SampleSet extends Energies {
  readonly n: number;
  readonly dof: number;
  /** [n, dof] */
  readonly x: Float32Array;
}

/** `count` rows of a set: `from`, `from + step`, ... */
export interface Part {
  readonly set: SampleSet;
  readonly from: number;
  readonly step: number;
  readonly count: number;
  /** Of every row, where the part is a whole set that is weighted; -Infinity for invalid rows. */
  readonly logWeights: Float64Array | null;
}

/** One quantity for every part. */
export interface Parts<T> {
  readonly truth: T;
  readonly plain: T;
  /** null where the samples have no weights. */
  readonly reweighted: T | null;
  /** As many samples as each half of the truth has. */
  readonly matched: T;
  readonly halves: readonly [T, T];
}

/** Distances from the truth. `matched` and `floor` rest on equal counts: samples are as good as the truth can tell where they agree. */
export interface Distances {
  readonly plain: number;
  readonly reweighted: number | null;
  /** Of as many samples as a half of the truth has (or fewer, if there are fewer), from the first half. */
  readonly matched: number;
  /** Of the second half of the truth from its first, at the count of `matched`. */
  readonly floor: number;
}

/**
 * The parts of samples and truth. Halves are consecutive, so that a truth in the order of its simulation gives independent ones.
 * @throws RangeError if there are no samples, fewer than two of the truth, or their degrees of freedom differ.
 */
export function createParts(samples: SampleSet, truth: SampleSet, logWeights: Float64Array | null): Parts<Part> {
  const half = Math.floor(truth.n / 2);
  const count = Math.min(samples.n, half);
  if (samples.dof !== truth.dof || count < 1) {
    throw new RangeError(
      `createParts: mismatched sets (got ${samples.n} samples of ${samples.dof} and a truth of ${truth.n} of ${truth.dof} degrees of ` +
        "freedom), expected at least one sample, two of the truth, and equal degrees of freedom",
    );
  }
  const whole = (set: SampleSet): Part => ({ set, from: 0, step: 1, count: set.n, logWeights: null });
  const spread = (set: SampleSet, from: number, n: number): Part => {
    return { set, from, step: Math.floor(n / count), count, logWeights: null };
  };
  return {
    truth: whole(truth),
    plain: whole(samples),
    reweighted: logWeights && { ...whole(samples), logWeights },
    matched: spread(samples, 0, samples.n),
    halves: [spread(truth, 0, half), spread(truth, half, half)],
  };
}

/** The quantity that `measure` reads off each part. */
export function measureParts<S, T>(parts: Parts<S>, measure: (part: S) => T): Parts<T> {
  const { truth, plain, reweighted, matched, halves } = parts;
  return {
    truth: measure(truth),
    plain: measure(plain),
    reweighted: reweighted === null ? null : measure(reweighted),
    matched: measure(matched),
    halves: [measure(halves[0]), measure(halves[1])],
  };
}

/** The distances between measured parts; `distance` is given the truth first. */
export function distancesOf<T>(parts: Parts<T>, distance: (truth: T, other: T) => number): Distances {
  const { truth, plain, reweighted, matched, halves } = parts;
  return {
    plain: distance(truth, plain),
    reweighted: reweighted === null ? null : distance(truth, reweighted),
    matched: distance(halves[0], matched),
    floor: distance(halves[0], halves[1]),
  };
}

/** The mean of several distances, such as those of all Ramachandran pairs. */
export function averageDistances(all: readonly Distances[]): Distances {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const reweighted = all.flatMap((one) => one.reweighted ?? []);
  return {
    plain: mean(all.map((one) => one.plain)),
    reweighted: reweighted.length < all.length ? null : mean(reweighted),
    matched: mean(all.map((one) => one.matched)),
    floor: mean(all.map((one) => one.floor)),
  };
}

/** One column of x for the rows of a part. */
export function columnOf({ set, from, step, count }: Part, column: number): Float64Array {
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) values[k] = set.x[(from + k * step) * set.dof + column]!;
  return values;
}

/** exp(logWeights), the largest being 1; null stays null. */
export function weightsOf({ logWeights }: Pick<Part, "logWeights">): Float64Array | null {
  return logWeights && expScaled(logWeights);
}
