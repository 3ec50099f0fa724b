/** From one point to a batch: the loop over rows, and the counting, that every target shares. */
import { createPoint, type Kernel, type Point } from "./kernel";
import {
  isValid,
  regularisedSlope,
  type Energies,
  type Evaluations,
  type Gradients,
  type Slopes,
  type Target,
} from "./target";

/** A batch to evaluate; plain data, crosses to worker threads. */
export interface BatchRequest {
  /** [n, dof] */
  readonly x: Float32Array | Float64Array;
  readonly n: number;
  /** kT of the gradient (kJ/mol for molecules); "apart": both parts' gradients by themselves; null: energies alone. */
  readonly kT: number | "apart" | null;
}

/** The answer; gradients that were not asked for are empty. */
export type BatchResult = Gradients & Slopes;

/** Room for the answer to a request. */
export function createBatchResult({ n, kT }: BatchRequest, dof: number): BatchResult {
  const apart = kT === "apart" ? n * dof : 0;
  return {
    energy: new Float64Array(n),
    logDet: new Float64Array(n),
    gradient: new Float32Array(typeof kT === "number" ? n * dof : 0),
    energyGradient: new Float64Array(apart),
    logDetGradient: new Float64Array(apart),
  };
}

/** Writes the gradients of a valid point into row i of the answer. */
function writeGradients(point: Point, kT: number | "apart", result: BatchResult, row: number): void {
  const dof = point.energyGradient.length;
  let finite = true;
  if (kT === "apart") {
    const { energyGradient, logDetGradient } = result;
    for (let k = 0; k < dof; k++) {
      energyGradient[row + k] = point.energyGradient[k]!;
      logDetGradient[row + k] = point.logDetGradient[k]!;
      finite &&= Number.isFinite(point.energyGradient[k]! + point.logDetGradient[k]!);
    }
    if (finite) return;
    energyGradient.fill(0, row, row + dof);
    logDetGradient.fill(0, row, row + dof);
    return;
  }
  const { gradient } = result;
  const slope = -regularisedSlope(point.energy / kT) / kT;
  for (let k = 0; k < dof; k++) {
    gradient[row + k] = slope * point.energyGradient[k]! + point.logDetGradient[k]!;
    finite &&= Number.isFinite(gradient[row + k]);
  }
  // A finite energy can have a gradient that is not, e.g. of a torsion about atoms in one line: no direction is better than NaN.
  if (!finite) gradient.fill(0, row, row + dof);
}

/** A function from requests to results that reuses a few points' memory for all rows of all batches. */
export function createBatchEvaluator(kernel: Kernel): (request: BatchRequest) => BatchResult {
  const { dof, lanes } = kernel;
  const points = Array.from({ length: lanes }, () => createPoint(dof));
  return (request) => {
    const { x, n, kT } = request;
    const result = createBatchResult(request, dof);
    for (let i = 0; i < n; i++) {
      const lane = i % lanes;
      if (lane === 0) kernel.evaluate(x, i * dof, n - i < lanes ? points.slice(0, n - i) : points, kT !== null);
      const point = points[lane]!;
      result.energy[i] = point.energy;
      result.logDet[i] = point.logDet;
      if (kT !== null && isValid(point.energy, point.logDet)) writeGradients(point, kT, result, i * dof);
    }
    return result;
  };
}

/** Assembles a target from what evaluates its batches. All counting is here: every row of every answered batch, once. */
export function createCountedTarget(
  facts: Pick<Target, "name" | "dof" | "channels" | "coordinates" | "boltzmann">,
  evaluate: (request: BatchRequest) => BatchResult | Promise<BatchResult>,
  close: () => Promise<void> = () => Promise.resolve(),
): Target {
  const { name, dof, boltzmann } = facts;
  const evaluations: Evaluations = { energies: 0, gradients: 0 };
  const requireRows = (x: Float32Array | Float64Array, n: number): void => {
    if (Number.isSafeInteger(n) && n >= 0 && x.length >= n * dof) return;
    throw new RangeError(`${name}: mismatched batch (got ${x.length} numbers for n = ${n}), expected n rows of ${dof}`);
  };
  return {
    ...facts,
    evaluations,
    async energies(x, n): Promise<Energies> {
      requireRows(x, n);
      const { energy, logDet } = await evaluate({ x, n, kT: null });
      evaluations.energies += n;
      return { energy, logDet };
    },
    async gradients(x, n, temperature): Promise<Gradients> {
      requireRows(x, n);
      if (!(temperature > 0 && temperature < Infinity)) {
        throw new RangeError(`${name}: invalid temperature (got ${temperature}), expected a positive number`);
      }
      const { energy, logDet, gradient } = await evaluate({ x, n, kT: boltzmann * temperature });
      evaluations.gradients += n;
      return { energy, logDet, gradient };
    },
    async slopes(x, n): Promise<Slopes> {
      requireRows(x, n);
      const { energy, logDet, energyGradient, logDetGradient } = await evaluate({ x, n, kT: "apart" });
      evaluations.gradients += n;
      return { energy, logDet, energyGradient, logDetGradient };
    },
    close,
  };
}
