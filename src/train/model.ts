/** A flow, the engine that runs it and the target it learns: what every method works on. */
import { type Frames, requireCoordinates } from "../coords/convert";
import type { Device } from "../engine/devices";
import type { Engine } from "../engine/engine";
import { initParameters, parameterShapes } from "../flow/parameters";
import { samplePrior } from "../flow/prior";
import { createFlowSpec, type FlowOptions, type FlowSpec } from "../flow/spec";
import { isTold, spreadTemperatures, temperatureInput, type TemperatureRange } from "../flow/temperature";
import { createRng, type Rng } from "../numerics/random";
import { createSamples, type Samples, samplesBetween } from "../target/samples";
import type { Target } from "../target/target";
import type { FlowPrograms } from "./programs";

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
  // Only here are TensorFlow.js and ONNX Runtime needed: a program that trains nothing should not wait for them when it imports this file.
  const { createEngine } = require("../engine/choose") as typeof import("../engine/choose");
  const { flowPrograms } = require("./programs") as typeof import("./programs");
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

/**
 * Room for n samples of a flow; one that is told temperatures will be told those of the range, spread over the rows.
 * @throws RangeError if another flow is to be told any.
 */
export function createRoom({ flow }: Pick<Model, "flow">, n: number, range: TemperatureRange | null): Samples {
  if (range && !isTold(flow)) {
    throw new RangeError(
      `flow: invalid temperature (got ${range.join(" to ")} for a flow of one density), expected none; temperatures or steered of the flow's options make one that is told`,
    );
  }
  return createSamples(n, flow.dof, range ? spreadTemperatures(n, range) : undefined);
}

/** Samples per thread that are drawn at a time: few enough to hold twice, so many that the wait for the last thread is short. */
const BLOCK = 16_384;

/**
 * Draws the block of `samples` that begins at `from`, with log q and energies: one target evaluation each. Returns where the next block begins;
 * after the last, that is `samples.n`. The blocks change no number.
 */
export async function drawBlock(model: Model, samples: Samples, from: number, rng: Rng): Promise<number> {
  const { target, flow, engine, programs } = model;
  const block = BLOCK * engine.threads;
  // What remains joins the last block: on its own it could be so short that the engine would compile another batch size for it.
  const to = samples.n - from < 2 * block ? samples.n : from + block;
  const n = to - from;
  const place = samplesBetween(samples, from, to);
  const inputs = { z: samplePrior(flow, n, rng), ...temperatureInput(flow, place.temperatures, n) };
  const { x, logQ } = await engine.evaluate(programs.sample, inputs, n);
  const { energy, logDet } = await target.energies(x!, n);
  place.x.set(x!);
  place.logQ.set(logQ!);
  place.energy.set(energy);
  place.logDet.set(logDet);
  return to;
}

/** Draws until `samples` are full. @throws the signal's reason once it is aborted. */
export async function drawSamples(model: Model, samples: Samples, rng: Rng, signal?: AbortSignal): Promise<void> {
  for (let from = 0; from < samples.n; signal?.throwIfAborted()) from = await drawBlock(model, samples, from, rng);
}

export interface SampleOptions {
  /** Of a flow that is told temperatures: one for all samples, or a range to spread them over, in log T. */
  readonly temperature?: number | TemperatureRange;
  readonly signal?: AbortSignal | undefined;
}

/** n samples of the flow with log q, and their energies: n target evaluations. */
export async function sampleFlow(
  model: Model,
  n: number,
  rng: Rng,
  { temperature, signal }: SampleOptions = {},
): Promise<Samples> {
  const range = typeof temperature === "number" ? ([temperature, temperature] as const) : (temperature ?? null);
  const samples = createRoom(model, n, range);
  await drawSamples(model, samples, rng, signal);
  return samples;
}

/** log q of given points x [n, dof], which need not come from this flow; at a temperature, if the flow knows any. */
export async function logProb(
  { engine, programs, flow }: Model,
  x: Float32Array,
  n: number,
  temperature?: number,
): Promise<Float64Array> {
  const { logQ } = await engine.evaluate(programs.logProb, { x, ...temperatureInput(flow, temperature, n) }, n);
  return Float64Array.from(logQ!);
}

/**
 * Given points, such as ground truth, with their energies and log q (at a temperature, if the flow knows any): n target evaluations. Where a point lies outside
 * of [0, 1], as one of confined coordinates may, the flow has no density: log q is -Infinity.
 * @throws Error if they are known to be of other coordinates than the flow's; RangeError if they have another number of them.
 */
export async function scoreFrames(model: Model, frames: Frames, temperature?: number): Promise<Samples> {
  const { n, dof, x } = frames;
  const { coordinates } = model.target;
  if (dof !== model.target.dof) {
    throw new RangeError(
      `scoreFrames: mismatched frames (got ${dof} degrees of freedom), expected the ${model.target.dof} of ${model.target.name}`,
    );
  }
  if (coordinates) requireCoordinates("scoreFrames", coordinates, frames);
  const [logQ, { energy, logDet }] = [await logProb(model, x, n, temperature), await model.target.energies(x, n)];
  // Splines clamp what they are given, and would say the density of the edge.
  for (let i = 0; i < n; i++) {
    if (x.subarray(i * dof, (i + 1) * dof).some((value) => !(value >= 0 && value <= 1))) logQ[i] = -Infinity;
  }
  const scored = { n, dof, x, logQ, energy, logDet };
  return isTold(model.flow) ? { ...scored, temperatures: new Float64Array(n).fill(temperature!) } : scored;
}

/** Gives the flow other parameters, and the optimiser a fresh start. */
export function setParameters({ engine }: Pick<Model, "engine">, parameters: Float32Array): void {
  const zeros = new Float32Array(parameters.length);
  engine.restore({ parameters, first: zeros, second: zeros, updates: 0 });
}
