/**
 * Time-lagged independent component analysis: the linear combinations of features that decorrelate slowest in a simulation (Perez-Hernandez et
 * al. 2013), by the reversible estimator of deeptime's `TICA`: covariances averaged over time and its reverse.
 */

/** Features of a simulation: frames in the order of time, row by row. */
export interface Features {
  readonly n: number;
  readonly dimension: number;
  /** [n, dimension] */
  readonly values: Float32Array | Float64Array;
}

/** The slowest components; component c of a frame f is (f - mean) . components[c], of variance 1 in the simulation. */
export interface TicaModel {
  readonly mean: Float64Array;
  /** Autocorrelation at the lag, descending. */
  readonly eigenvalues: readonly number[];
  readonly components: readonly Float64Array[];
}

export interface TicaOptions {
  /** In frames. */
  readonly lag: number;
  /** How many components; 2 by default, or fewer if the features have no more. */
  readonly components?: number;
  /** Frames of each run, where several are joined: no pair spans two of them. */
  readonly runs?: readonly number[];
}

// Directions with less than this share of the largest variance are numerical noise: features that depend on each other.
const RANK_CUTOFF = 1e-10;

/**
 * Solves C(lag) v = lambda C(0) v for its largest eigenvalues, in the space that C(0) spans.
 * @throws RangeError if no run is longer than the lag, or the features do not vary.
 */
export function fitTica(features: Features, { lag, components = 2, runs = [features.n] }: TicaOptions): TicaModel {
  requireRuns(features, lag, runs);
  const { mean, instant, lagged } = covariances(features, lag, runs);
  // Loaded on first use: only this needs linear algebra.
  const { EigenvalueDecomposition, Matrix } = require("ml-matrix") as typeof import("ml-matrix");
  const d = features.dimension;
  const symmetric = (values: Float64Array): InstanceType<typeof Matrix> => Matrix.from1DArray(d, d, values);
  const { realEigenvalues: variances, eigenvectorMatrix } = eigen(symmetric(instant));
  const largest = Math.max(...variances);
  const kept = variances.flatMap((variance, k) => (variance > RANK_CUTOFF * largest ? [k] : []));
  if (!(largest > 0))
    throw new RangeError(`fitTica: invalid features (got ${d} that do not vary), expected some that do`);
  const whiten = Matrix.zeros(d, kept.length);
  kept.forEach((from, k) => {
    for (let i = 0; i < d; i++) whiten.set(i, k, eigenvectorMatrix.get(i, from) / Math.sqrt(variances[from]!));
  });
  const solved = eigen(whiten.transpose().mmul(symmetric(lagged)).mmul(whiten));
  const vectors = whiten.mmul(solved.eigenvectorMatrix);
  const order = solved.realEigenvalues.map((_, k) => k);
  order.sort((a, b) => solved.realEigenvalues[b]! - solved.realEigenvalues[a]!);
  const slowest = order.slice(0, components);
  return {
    mean,
    eigenvalues: slowest.map((k) => solved.realEigenvalues[k]!),
    components: slowest.map((k) => withSign(Float64Array.from(vectors.getColumn(k)))),
  };

  function eigen(matrix: InstanceType<typeof Matrix>): InstanceType<typeof EigenvalueDecomposition> {
    return new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  }
}

/** One component of every frame. */
export function projectTica({ mean, components }: TicaModel, { n, dimension, values }: Features): Float64Array[] {
  return components.map((component) => {
    const projected = new Float64Array(n);
    for (let t = 0; t < n; t++) {
      let sum = 0;
      for (let i = 0; i < dimension; i++) sum += (values[t * dimension + i]! - mean[i]!) * component[i]!;
      projected[t] = sum;
    }
    return projected;
  });
}

/** The mean over both ends of all pairs, and the covariances of a frame with itself and, symmetrised, with the one a lag later. */
function covariances(
  { dimension: d, values }: Features,
  lag: number,
  runs: readonly number[],
): { mean: Float64Array; instant: Float64Array; lagged: Float64Array } {
  const mean = new Float64Array(d);
  const instant = new Float64Array(d * d);
  const lagged = new Float64Array(d * d);
  let pairs = 0;
  eachPair(runs, lag, (t) => {
    for (let i = 0; i < d; i++) mean[i]! += values[t * d + i]! + values[(t + lag) * d + i]!;
    pairs++;
  });
  for (let i = 0; i < d; i++) mean[i]! /= 2 * pairs;
  const now = new Float64Array(d);
  const later = new Float64Array(d);
  eachPair(runs, lag, (t) => {
    for (let i = 0; i < d; i++) {
      now[i] = values[t * d + i]! - mean[i]!;
      later[i] = values[(t + lag) * d + i]! - mean[i]!;
    }
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        instant[i * d + j]! += (now[i]! * now[j]! + later[i]! * later[j]!) / (2 * pairs);
        lagged[i * d + j]! += (now[i]! * later[j]! + later[i]! * now[j]!) / (2 * pairs);
      }
    }
  });
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      instant[j * d + i] = instant[i * d + j]!;
      lagged[j * d + i] = lagged[i * d + j]!;
    }
  }
  return { mean, instant, lagged };
}

function eachPair(runs: readonly number[], lag: number, visit: (frame: number) => void): void {
  let start = 0;
  for (const frames of runs) {
    for (let t = start; t < start + frames - lag; t++) visit(t);
    start += frames;
  }
}

/** An eigenvector is one up to its sign: here its largest entry is positive. */
function withSign(vector: Float64Array): Float64Array {
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

function requireRuns({ n }: Features, lag: number, runs: readonly number[]): void {
  const total = runs.reduce((sum, frames) => sum + frames, 0);
  if (Number.isSafeInteger(lag) && lag >= 1 && total === n && runs.some((frames) => frames > lag)) return;
  throw new RangeError(
    `fitTica: invalid lag or runs (got lag ${lag}, ${runs.length} runs of ${total} frames in all), expected a positive integer below the ` +
      `length of a run, and ${n} frames`,
  );
}
