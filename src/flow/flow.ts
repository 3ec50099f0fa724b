/** The flow itself: prior, couplings and torsion shifts, in both directions (paper section on architecture). Tensor code only; it knows no molecule. */
import * as tf from "@tensorflow/tfjs";
import { tensorsPerCoupling } from "./parameters";
import { logPrior, PRIOR_MEAN } from "./prior";
import type { CouplingSpec, FlowSpec } from "./spec";
import { spline, type SplineParameters } from "./spline";

type T2 = tf.Tensor2D;

/** Values and the log-determinant of the map that led there. */
export interface Mapped {
  /** [batch, dof] */
  readonly value: T2;
  /** [batch] */
  readonly logDet: tf.Tensor1D;
}

/** The temperature of each row, of a flow that is told it, as `temperatureInput` says: for its conditioners, and the width of its prior; [batch, 1] both. */
export interface TemperatureTensors {
  readonly c?: T2 | undefined;
  readonly s?: T2 | undefined;
}

/** Rows of a features-first tensor, with the dof that each holds. */
interface Rows {
  readonly tensor: T2;
  readonly dofs: readonly number[];
}

const sameOrder = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

/** A permutation of rows whose gradient is the inverse permutation: a gather both ways, where tfjs would scatter. */
function permute(x: T2, order: readonly number[]): T2 {
  if (order.every((v, i) => v === i)) return x;
  const back = order.map((_, i) => order.indexOf(i));
  const gather = (t: tf.Tensor, rows: readonly number[]): T2 => tf.gather(t as T2, tf.tensor1d([...rows], "int32"), 0);
  return tf.customGrad((t) => ({
    value: gather(t as tf.Tensor, order),
    gradFunc: (dy) => gather(dy as tf.Tensor, back),
  }))(x) as T2;
}

/** The rows of a coupling: those it transforms and those it is given; free when the previous coupling used the same split. */
function split(rows: readonly Rows[], { transform, given }: CouplingSpec): [T2, T2] {
  const [a, b] = rows;
  if (a && b && sameOrder(a.dofs, given) && sameOrder(b.dofs, transform)) return [b.tensor, a.tensor];
  const all =
    rows.length === 1
      ? rows[0]!.tensor
      : (tf.concat(
          rows.map((r) => r.tensor),
          0,
        ) as T2);
  const held = rows.flatMap((r) => r.dofs);
  const wanted = [...transform, ...given].map((dof) => held.indexOf(dof));
  return tf.split(permute(all, wanted), [transform.length, given.length], 0) as [T2, T2];
}

const circularOf = ({ circular }: FlowSpec, dofs: readonly number[]): number => dofs.filter((i) => circular[i]).length;

/** Adds `amount` to the circular rows, modulo 1. */
function shift(rows: Rows, circular: readonly boolean[], amount: number): Rows {
  const { tensor, dofs } = rows;
  const column = (f: (dof: number) => number): T2 => tf.tensor2d(dofs.map(f), [dofs.length, 1]);
  const moved = tf.add(
    tensor,
    column((d) => (circular[d] ? amount : 0)),
  );
  // Only circular rows are wrapped: a bond at exactly 1 must stay there.
  const wrapped = tf.sub(
    moved,
    tf.mul(
      tf.floor(moved),
      column((d) => (circular[d] ? 1 : 0)),
    ),
  );
  return { tensor: wrapped as T2, dofs };
}

/**
 * The conditioner of one coupling: the given rows, and the temperature c [1, batch] of a flow that is told it, to spline parameters (linear, then `layers`
 * times linear and ReLU, then linear).
 */
function condition(
  spec: FlowSpec,
  coupling: CouplingSpec,
  { given, c }: { readonly given: T2; readonly c: T2 | null },
  p: readonly T2[],
): SplineParameters {
  const torsions = circularOf(spec, coupling.given);
  const linear = coupling.given.length - torsions;
  const angle = tf.mul(tf.slice(given, [linear, 0], [torsions, -1]), 2 * Math.PI);
  // Centred but not scaled to unit width: tried, and reverse KL on aldp then ends in strained local optima.
  const centred = tf.sub(tf.slice(given, [0, 0], [linear, -1]), PRIOR_MEAN);
  const turns = torsions ? [tf.cos(angle), tf.sin(angle)] : [];
  const features = [...(linear ? [centred] : []), ...turns, ...(c ? [c] : [])];
  // No nonlinearity stands between the first two layers: their product is formed once per step, not once per sample.
  let w = p[0]!;
  let b = p[1]!;
  let next = 2;
  let h = tf.concat(features, 0) as T2;
  for (let l = 0; l < spec.layers; l++, next += 2) {
    const [wl, bl] = [p[next]!, p[next + 1]!];
    if (l === 0) [w, b] = [tf.matMul(wl, w), tf.add(tf.matMul(wl, b), bl) as T2];
    else [w, b] = [wl, bl];
    h = tf.relu(tf.add(tf.matMul(w, h), b)) as T2;
  }
  const output = (i: number): T2 => tf.add(tf.matMul(p[next + 2 * i]!, h), p[next + 2 * i + 1]!) as T2;
  return { widths: output(0), heights: output(1), slopes: output(2) };
}

function transform(
  spec: FlowSpec,
  parameters: readonly T2[],
  { input, told }: { readonly input: T2; readonly told: TemperatureTensors },
  inverse: boolean,
): Mapped {
  const c = told.c ? (tf.reshape(told.c, [1, -1]) as T2) : null;
  const per = tensorsPerCoupling(spec);
  const dofs = spec.circular.map((_, i) => i);
  let rows: Rows[] = [{ tensor: tf.transpose(input) as T2, dofs }];
  let logDet: tf.Tensor | null = null;
  const order = spec.couplings.map((_, k) => k);
  for (const k of inverse ? order.reverse() : order) {
    const coupling = spec.couplings[k]!;
    if (inverse && coupling.shift) rows = rows.map((r) => shift(r, spec.circular, -coupling.shift));
    const [x, given] = split(rows, coupling);
    const raw = condition(spec, coupling, { given, c }, parameters.slice(k * per, (k + 1) * per));
    const [y, l] = spline(x, raw, { circular: circularOf(spec, coupling.transform), inverse });
    logDet = logDet ? tf.add(logDet, l) : l;
    rows = [
      { tensor: y, dofs: coupling.transform },
      { tensor: given, dofs: coupling.given },
    ];
    if (!inverse && coupling.shift) rows = rows.map((r) => shift(r, spec.circular, coupling.shift));
  }
  const held = rows.flatMap((r) => r.dofs);
  const all = tf.concat(
    rows.map((r) => r.tensor),
    0,
  ) as T2;
  return {
    value: tf.transpose(
      permute(
        all,
        dofs.map((d) => held.indexOf(d)),
      ),
    ) as T2,
    logDet: logDet as tf.Tensor1D,
  };
}

/** Linear dofs of a latent point brought nearer to the prior's mean, or further from it, by a factor [batch, 1]. */
function scaleLinear({ circular }: FlowSpec, z: T2, factor: tf.Tensor): Mapped {
  const linear = tf.tensor2d(
    circular.map((isCircular) => (isCircular ? 0 : 1)),
    [1, circular.length],
  );
  const moved = tf.mul(tf.mul(tf.sub(z, PRIOR_MEAN), linear), tf.sub(factor, 1));
  const count = circular.filter((isCircular) => !isCircular).length;
  return {
    value: tf.add(z, moved) as T2,
    logDet: tf.mul(tf.log(tf.reshape(factor, [-1])), count) as tf.Tensor1D,
  };
}

/** Latent z to data x, both [batch, dof] in [0,1]; logDet = log|det dx/dz|. A steered flow first narrows the prior that z is of. */
export function forward(spec: FlowSpec, parameters: readonly T2[], z: T2, told: TemperatureTensors = {}): Mapped {
  if (!told.s) return transform(spec, parameters, { input: z, told }, false);
  const narrowed = scaleLinear(spec, z, told.s);
  const { value, logDet } = transform(spec, parameters, { input: narrowed.value, told }, false);
  return { value, logDet: tf.add(logDet, narrowed.logDet) as tf.Tensor1D };
}

/** Data x to latent z; logDet = log|det dz/dx|. */
export function inverse(spec: FlowSpec, parameters: readonly T2[], x: T2, told: TemperatureTensors = {}): Mapped {
  const mapped = transform(spec, parameters, { input: x, told }, true);
  if (!told.s) return mapped;
  const widened = scaleLinear(spec, mapped.value, tf.div(1, told.s));
  return { value: widened.value, logDet: tf.add(mapped.logDet, widened.logDet) as tf.Tensor1D };
}

/** log q(x), [batch]: the log density of the flow in scaled coordinates. */
export function logProb(spec: FlowSpec, parameters: readonly T2[], x: T2, told?: TemperatureTensors): tf.Tensor1D {
  const { value, logDet } = inverse(spec, parameters, x, told);
  return tf.add(logPrior(spec, value), logDet) as tf.Tensor1D;
}
