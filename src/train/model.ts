/** A flow, the engine that runs it and the target it learns: what every method works on. */
import { createEngine } from "../engine/choose";
import type { Device } from "../engine/devices";
import type { Engine } from "../engine/engine";
import { initParameters, parameterShapes } from "../flow/parameters";
import { samplePrior } from "../flow/prior";
import { createFlowSpec, type FlowOptions, type FlowSpec } from "../flow/spec";
import { createRng, type Rng } from "../numerics/random";
import type { Samples } from "../target/samples";
import type { Target } from "../target/target";
import { type FlowPrograms, flowPrograms } from "./programs";

export interface Model {
  readonly target: Target;
  readonly flow: FlowSpec;
  readonly engine: Engine;
  readonly programs: FlowPrograms;
}

export interface ModelOptions {
  readonly flow: FlowOptions;
  /** Of the initial parameters. */
  readonly seed: number;
  /** Default: all cores. */
  readonly threads?: number;
  /** Default: "cpu". */
  readonly device?: Device;
}

/** A fresh, untrained flow for a target; its prior is what it samples. */
export function createModel(target: Target, { flow: options, seed, threads, device }: ModelOptions): Model {
  const flow = createFlowSpec(target.channels, options);
  const parameters = initParameters(flow, createRng(seed, 2));
  const engine = createEngine({
    parameters,
    tensors: parameterShapes(flow),
    ...(threads ? { threads } : {}),
    ...(device ? { device } : {}),
  });
  return { target, flow, engine, programs: flowPrograms(flow) };
}

/** n samples of the flow with log q, and their energies: n target evaluations. */
export async function sampleFlow({ target, flow, engine, programs }: Model, n: number, rng: Rng): Promise<Samples> {
  const { x, logQ } = await engine.evaluate(programs.sample, { z: samplePrior(flow, n, rng) }, n);
  const { energy, logDet } = await target.energies(x!, n);
  return { n, dof: flow.dof, x: x!, logQ: Float64Array.from(logQ!), energy, logDet };
}

/** log q of given points x [n, dof], which need not come from this flow. */
export async function logProb({ engine, programs }: Model, x: Float32Array, n: number): Promise<Float64Array> {
  const { logQ } = await engine.evaluate(programs.logProb, { x }, n);
  return Float64Array.from(logQ!);
}
