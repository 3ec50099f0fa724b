/** Both sides must compute the same before their times are compared: equal parameters and points, equal numbers. */
import { parameterCount } from "../../src/flow/parameters";
import type { Peer } from "./peer";
import { type Exchange, TEMPERATURE, type Workload } from "./workload";

const ROWS = 64;

/** What a flow computes with given parameters, whatever runs it. */
export interface FlowNumbers {
  readonly logQ: Float32Array;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** The peer's flow with a sample in a row, as such code is commonly written, and in a column, as ours: see peers/flow.py. */
export const LAYOUTS = ["rows", "columns"] as const;
export type Layout = (typeof LAYOUTS)[number];
/** Single precision through sixteen couplings, relative to the largest value. */
const SINGLE = 1e-4;
/** A point that rounding moves to the next bin of a spline changes the gradient, not the value. */
const GRADIENT = 1e-3;
/** Double precision on both sides: OpenMM's Reference platform. */
const DOUBLE = 1e-6;

function requireEqual(what: string, ours: ArrayLike<number>, peer: ArrayLike<number>, tolerance: number): void {
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < ours.length; i++) {
    scale = Math.max(scale, Math.abs(ours[i]!));
    worst = Math.max(worst, Math.abs(ours[i]! - peer[i]!));
  }
  if (ours.length === peer.length && worst <= tolerance * scale) return;
  throw new Error(
    `bench: mismatched ${what} (got a difference of ${worst} at a size of ${scale}), expected at most ${tolerance} of it`,
  );
}

/** Log q of the first rows of x, the maximum-likelihood loss on them, and the norm of its gradient by the parameters. */
export async function numbersOf({ model: { engine, programs, flow }, x }: Workload): Promise<FlowNumbers> {
  const rows = x.slice(0, ROWS * flow.dof);
  const { logQ } = await engine.evaluate(programs.logProb, { x: rows }, ROWS);
  const weight = new Float32Array(ROWS).fill(1 / ROWS);
  const loss = await engine.gradient(programs.forwardKl, { x: rows, weight }, ROWS);
  const { gradientNorm } = await engine.update({ learningRate: 0 });
  return { logQ: logQ!, loss, gradientNorm };
}

/** Hands the flow to the peer and compares sampling, log q, the loss and the norm of its gradient. */
export async function openOnPeer(peer: Peer, exchange: Exchange, workload: Workload): Promise<void> {
  const { flow, engine, programs } = workload.model;
  const name = `${workload.system}, ${flow.couplings.length} couplings`;
  const parameters = exchange.parameters(workload.model);
  const answer = await peer.ask<{ parameters: number }>({ do: "flow", spec: flow, parameters });
  requireEqual(`number of parameters of ${name}`, [parameterCount(flow)], [answer.parameters], 0);
  const z = workload.z.slice(0, ROWS * flow.dof);
  const x = workload.x.slice(0, ROWS * flow.dof);
  const sampled = await engine.evaluate(programs.sample, { z }, ROWS);
  const { logQ, loss, gradientNorm } = await numbersOf(workload);
  for (const layout of LAYOUTS) {
    const theirs = await peer.ask<Record<"x" | "logQ" | "given", number[]> & { loss: number; norm: number }>({
      do: "check_flow",
      z: exchange.rows(`z-${workload.system}-${ROWS}`, z, flow.dof),
      x: exchange.rows(`x-${workload.system}-${ROWS}`, x, flow.dof),
      layout,
    });
    requireEqual(`samples of ${name}`, sampled.x!, theirs.x, SINGLE);
    requireEqual(`log q of the samples of ${name}`, sampled.logQ!, theirs.logQ, SINGLE);
    requireEqual(`log q of ${name}`, logQ, theirs.given, SINGLE);
    requireEqual(`loss of ${name}`, [loss], [theirs.loss], SINGLE);
    requireEqual(`gradient norm of ${name}`, [gradientNorm], [theirs.norm], GRADIENT);
  }
}

/** Compares energies, log-dets and gradients of x near the minimum, where nothing overflows. */
export async function checkTarget(peer: Peer, exchange: Exchange, workload: Workload): Promise<void> {
  const { system, model } = workload;
  const { dof, channels } = model.target;
  // Torsions as they come; bonds and angles close to the minimum, where energies are finite in single precision, too.
  const x = workload.x.slice(0, ROWS * dof).map((v, i) => (channels[i % dof] === "torsion" ? v : 0.45 + 0.1 * v));
  const { energy, logDet, gradient } = await model.target.gradients(x, ROWS, TEMPERATURE);
  const file = exchange.rows(`check-${system}`, x, dof);
  const theirs = await peer.ask<Record<"energy" | "logDet" | "gradient", number[]>>({
    do: "check_target",
    system,
    x: file,
    temperature: TEMPERATURE,
  });
  for (let i = 0; i < ROWS; i++) {
    requireEqual(`energy of ${system}`, energy.slice(i, i + 1), theirs.energy.slice(i, i + 1), DOUBLE);
    const row = (values: ArrayLike<number>): number[] => Array.prototype.slice.call(values, i * dof, (i + 1) * dof);
    requireEqual(`gradient of ${system}`, row(gradient), row(theirs.gradient), SINGLE);
  }
  requireEqual(`log-determinants of ${system}`, logDet, theirs.logDet, DOUBLE);
}
