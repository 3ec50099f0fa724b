/** Parameters of a flow: their shapes, their place in one flat vector, and their initial values (paper appendix: the untrained flow is the identity). */
import type { Rng } from "../numerics/random";
import type { CouplingSpec, FlowSpec } from "./spec";
import { MIN_SLOPE } from "./spline-kernels";

/** One parameter tensor within the flat vector. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly offset: number;
}

/** Sizes of one coupling's conditioner: inputs, and rows of its last layer for widths (= heights) and slopes. */
export function conditionerSizes(
  spec: FlowSpec,
  coupling: CouplingSpec,
): { inputs: number; bins: number; slopes: number } {
  const circularGiven = coupling.given.filter((i) => spec.circular[i]).length;
  const circularOut = coupling.transform.filter((i) => spec.circular[i]).length;
  const n = coupling.transform.length;
  return {
    inputs: coupling.given.length + circularGiven + (spec.temperatures ? 1 : 0), // torsions enter as (cos, sin)
    bins: n * spec.bins,
    slopes: n * (spec.bins + 1) - circularOut, // the last slope of a torsion is its first
  };
}

/** Number of tensors per coupling: weight and bias of the input, of each hidden layer, and of widths, heights and slopes. */
export function tensorsPerCoupling(spec: FlowSpec): number {
  return 2 * (1 + spec.layers + 3);
}

/** All parameter tensors in order: per coupling the weights [out, in] and biases [out, 1]. Offsets are aligned to 16 floats. */
export function parameterShapes(spec: FlowSpec): ParameterShape[] {
  const shapes: ParameterShape[] = [];
  let offset = 0;
  const add = (name: string, rows: number, columns: number): void => {
    shapes.push({ name, shape: [rows, columns], offset });
    offset += (rows * columns + 15) & ~15;
  };
  spec.couplings.forEach((coupling, c) => {
    const { inputs, bins, slopes } = conditionerSizes(spec, coupling);
    const layer = (name: string, rows: number, columns: number): void => {
      add(`coupling${c}.${name}.weight`, rows, columns);
      add(`coupling${c}.${name}.bias`, rows, 1);
    };
    layer("input", spec.hidden, inputs);
    for (let l = 0; l < spec.layers; l++) layer(`hidden${l}`, spec.hidden, spec.hidden);
    layer("widths", bins, spec.hidden);
    layer("heights", bins, spec.hidden);
    layer("slopes", slopes, spec.hidden);
  });
  return shapes;
}

/** Length of the flat vector that holds all tensors, padding included. */
export function vectorLength(shapes: readonly ParameterShape[]): number {
  const last = shapes[shapes.length - 1]!;
  return (last.offset + last.shape[0] * last.shape[1] + 15) & ~15;
}

/** Number of trainable parameters, as the paper counts them. */
export function parameterCount(spec: FlowSpec): number {
  return parameterShapes(spec).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
}

/**
 * Initial parameters: hidden layers uniform in +-1/sqrt(fan in) (PyTorch's default for linear layers), the last layer zero
 * with the bias log(exp(1 - MIN_SLOPE) - 1), which gives equal bins and slope one: the identity.
 * @returns the flat vector, f32, padding zero.
 */
export function initParameters(spec: FlowSpec, rng: Rng): Float32Array {
  const shapes = parameterShapes(spec);
  const vector = new Float32Array(vectorLength(shapes));
  const identityBias = Math.log(Math.exp(1 - MIN_SLOPE) - 1);
  let fanIn = 1;
  for (const { name, shape, offset } of shapes) {
    const [rows, columns] = shape;
    const isBias = name.endsWith(".bias");
    if (!isBias) fanIn = columns;
    const view = vector.subarray(offset, offset + rows * columns);
    if (/\.(widths|heights|slopes)\./.test(name)) {
      if (isBias) view.fill(identityBias);
    } else {
      const bound = 1 / Math.sqrt(fanIn);
      for (let i = 0; i < view.length; i++) view[i] = bound * (2 * rng.uniform() - 1);
    }
  }
  return vector;
}
