/** Minima of smooth functions by L-BFGS (Nocedal, Math. Comput. 35, 773 (1980); Nocedal & Wright, algorithms 3.1 and 7.4). */

/** A function that fills `gradient` and returns its value; NaN or Infinity where it is not defined. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** At most so many; each costs one evaluation or a few. */
  readonly iterations: number;
  /** Ends when no entry of the gradient is larger than this. */
  readonly tolerance: number;
  /** No entry of x moves further in an iteration. */
  readonly step: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
}

/** Pairs of steps and changes of the gradient that are remembered. */
const MEMORY = 20;
/** Share of the expected decrease that a step has to bring. */
const DECREASE = 1e-4;
/** A step is halved at most so often. */
const HALVINGS = 40;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** Walks downhill from `start`, which is left alone. @throws Error if the function is not finite there. */
export function minimise(
  f: Differentiable,
  start: Float64Array,
  { iterations, tolerance, step: longest }: MinimiseOptions,
): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  if (!Number.isFinite(value))
    throw new Error(`minimise: invalid start (got a value of ${value}), expected a finite one`);
  let pairs: Pair[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (largest(gradient) <= tolerance) return { x, value, iterations: iteration, converged: true };
    const direction = newtonLike(gradient, pairs);
    const slope = dot(direction, gradient);
    let scale = Math.min(1, longest / largest(direction));
    const nextGradient = new Float64Array(x.length);
    let next = x;
    let nextValue = Infinity;
    for (let halving = 0; halving < HALVINGS && !(nextValue <= value + DECREASE * scale * slope); halving++) {
      if (halving > 0) scale /= 2;
      next = x.map((entry, k) => entry + scale * direction[k]!);
      nextValue = f(next, nextGradient);
    }
    if (!(nextValue < value)) {
      // What is left of the decrease is below the precision of the value, or the memory misleads: once more along the gradient.
      if (pairs.length === 0) return { x, value, iterations: iteration, converged: false };
      pairs = [];
      continue;
    }
    const step = next.map((entry, k) => entry - x[k]!);
    const change = nextGradient.map((entry, k) => entry - gradient[k]!);
    const curvature = dot(step, change);
    if (curvature > 0) pairs = [...pairs.slice(-MEMORY + 1), { step, change, curvature }];
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
  return { x, value, iterations, converged: largest(gradient) <= tolerance };
}

/** Minus the gradient times the inverse Hessian that the pairs suggest: always downhill. */
function newtonLike(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((entry) => -entry);
  const last = pairs.at(-1);
  const weights = [...pairs].reverse().map(({ step, change, curvature }) => {
    const weight = dot(step, direction) / curvature;
    add(direction, change, -weight);
    return weight;
  });
  if (last) direction.forEach((entry, k) => (direction[k] = (entry * last.curvature) / dot(last.change, last.change)));
  pairs.forEach(({ step, change, curvature }, n) => {
    add(direction, step, weights[pairs.length - 1 - n]! - dot(change, direction) / curvature);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let k = 0; k < to.length; k++) to[k] = to[k]! + times * what[k]!;
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
