/** From one point to a batch: the loop over rows, and the counting, that every target shares. */
import { createPoint, type Kernel } from "./kernel";
import { isValid, regularisedSlope, type Energies, type Evaluations, type Gradients, type Target } from "./target";

/** A batch to evaluate; plain data, crosses to worker threads. */
export interface BatchRequest {
  /** [n, dof] */
  readonly x: Float32Array;
  readonly n: number;
  /** kT of the gradient (kJ/mol for molecules), or null for energies alone. */
  readonly kT: number | null;
}

/** The answer; `gradient` is empty where only energies were asked for. */
export type BatchResult = Gradients;

/** A function from requests to results that reuses a few points' memory for all rows of all batches. */
export function createBatchEvaluator(kernel: Kernel): (request: BatchRequest) => BatchResult {
  const { dof, lanes } = kernel;
  const points = Array.from({ length: lanes }, () => createPoint(dof));
  return ({ x, n, kT }) => {
    const energy = new Float64Array(n);
    const logDet = new Float64Array(n);
    const gradient = new Float32Array(kT === null ? 0 : n * dof);
    for (let i = 0; i < n; i++) {
      const lane = i % lanes;
      if (lane === 0) kernel.evaluate(x, i * dof, n - i < lanes ? points.slice(0, n - i) : points, kT !== null);
      const point = points[lane]!;
      energy[i] = point.energy;
      logDet[i] = point.logDet;
      if (kT === null || !isValid(point.energy, point.logDet)) continue;
      const slope = -regularisedSlope(point.energy / kT) / kT;
      const row = i * dof;
      let finite = true;
      for (let k = 0; k < dof; k++) {
        gradient[row + k] = slope * point.energyGradient[k]! + point.logDetGradient[k]!;
        finite &&= Number.isFinite(gradient[row + k]);
      }
      // A finite energy can have a gradient that is not, e.g. of a torsion about atoms in one line: no direction is better than NaN.
      if (!finite) gradient.fill(0, row, row + dof);
    }
    return { energy, logDet, gradient };
  };
}

/** Assembles a target from what evaluates its batches. All counting is here: every row of every answered batch, once. */
export function createCountedTarget(
  facts: Pick<Target, "name" | "dof" | "channels" | "boltzmann">,
  evaluate: (request: BatchRequest) => BatchResult | Promise<BatchResult>,
  close: () => Promise<void> = () => Promise.resolve(),
): Target {
  const { name, dof, boltzmann } = facts;
  const evaluations: Evaluations = { energies: 0, gradients: 0 };
  const requireRows = (x: Float32Array, n: number): void => {
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
      const result = await evaluate({ x, n, kT: boltzmann * temperature });
      evaluations.gradients += n;
      return result;
    },
    close,
  };
}
