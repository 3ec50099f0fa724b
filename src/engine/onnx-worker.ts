/** A worker of the ONNX engine: its own sessions, and its slice of the optimiser; vectors are shared, tensors are private. */
import { workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { serve } from "../parallel/serve";
import { type AdamOptions, adamUpdate } from "./adam";
import type { Program, TensorPlace } from "./engine";
import type { Provider } from "./probe";

/** Vectors in shared memory; `gradients` has one per worker. */
export interface WorkerSetup {
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly sum: Float32Array;
  readonly gradients: readonly Float32Array[];
  readonly tensors: readonly TensorPlace[];
  readonly provider: Provider;
}

/** A traced program. */
export interface Load {
  readonly model: Uint8Array;
  readonly batch: number;
  readonly inputs: Program["inputs"];
  readonly outputs: Program["outputs"];
  readonly asLoss: boolean;
}

export type WorkerRequest =
  | ({ readonly kind: "load"; readonly key: string } & Load)
  | {
      readonly kind: "run";
      readonly key: string;
      readonly version: number;
      readonly worker: number;
      readonly inputs: readonly Float32Array[];
      readonly rows: number;
    }
  | { readonly kind: "reduce"; readonly from: number; readonly to: number }
  | {
      readonly kind: "update";
      readonly from: number;
      readonly to: number;
      readonly step: number;
      readonly scale: number;
      readonly adam: AdamOptions;
    };

export interface WorkerResponse {
  readonly outputs?: readonly Float32Array[];
  readonly square?: number;
}

interface Loaded extends Load {
  readonly session: ort.InferenceSession;
  readonly data: readonly Float32Array[];
  readonly feeds: Record<string, ort.Tensor>;
  readonly fetches: Record<string, ort.Tensor>;
}

const { parameters, first, second, sum, gradients, tensors, provider } = workerData as WorkerSetup;
// ONNX Runtime refuses tensors over shared memory: it reads this copy and writes that gradient.
const ownParameters = new Float32Array(parameters.length);
const ownGradient = new Float32Array(parameters.length);
let ownVersion = -1;
const programs = new Map<string, Loaded>();

const view = (vector: Float32Array, { shape, offset }: TensorPlace): ort.Tensor =>
  new ort.Tensor("float32", vector.subarray(offset, offset + shape[0] * shape[1]), [...shape]);

async function load(request: Load): Promise<Loaded> {
  const { model, batch, inputs, outputs, asLoss } = request;
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Lines such as "removing unused initializer" help nobody in a notebook.
    logSeverityLevel: 3,
  });
  const data = inputs.map(({ width }) => new Float32Array(batch * width));
  const feeds: Record<string, ort.Tensor> = {};
  inputs.forEach(({ name, width }, i) => (feeds[name] = new ort.Tensor("float32", data[i]!, [batch, width])));
  tensors.forEach((t, i) => (feeds[`parameter${i}`] = view(ownParameters, t)));
  const fetches: Record<string, ort.Tensor> = {};
  for (const { name, width } of outputs) {
    const shape = asLoss ? [] : width === 1 ? [batch] : [batch, width];
    fetches[name] = new ort.Tensor("float32", new Float32Array(asLoss ? 1 : batch * width), shape);
  }
  if (asLoss) tensors.forEach((t, i) => (fetches[`gradient${i}`] = view(ownGradient, t)));
  return { ...request, session, data, feeds, fetches };
}

async function run({ key, version, worker, inputs, rows }: WorkerRequest & { kind: "run" }): Promise<WorkerResponse> {
  const { session, data, feeds, fetches, outputs, asLoss } = programs.get(key)!;
  if (version !== ownVersion) {
    ownParameters.set(parameters);
    ownVersion = version;
  }
  inputs.forEach((array, i) => {
    const { width } = programs.get(key)!.inputs[i]!;
    data[i]!.set(array);
    // A last, short chunk is filled up with its first row: valid numbers whose results nobody reads.
    for (let r = rows; r * width < data[i]!.length; r++) data[i]!.copyWithin(r * width, 0, width);
  });
  await session.run(feeds, fetches);
  if (asLoss) gradients[worker]!.set(ownGradient);
  return {
    outputs: outputs.map(({ name, width }) => {
      const values = fetches[name]!.data as Float32Array;
      return asLoss ? values.slice() : values.slice(0, rows * width);
    }),
  };
}

/** Sums the workers' gradients over one range; answers with the squared norm of the sum. */
function reduce(from: number, to: number): number {
  const target = sum.subarray(from, to);
  target.set(gradients[0]!.subarray(from, to));
  for (const other of gradients.slice(1)) {
    const part = other.subarray(from, to);
    for (let i = 0; i < target.length; i++) target[i] = target[i]! + part[i]!;
  }
  let square = 0;
  for (let i = 0; i < target.length; i++) square += target[i]! * target[i]!;
  return square;
}

serve<WorkerRequest, WorkerResponse>(async (request) => {
  switch (request.kind) {
    case "load":
      programs.set(request.key, await load(request));
      return { value: {} };
    case "run": {
      const value = await run(request);
      return { value, transfer: value.outputs!.map((o) => o.buffer as ArrayBuffer) };
    }
    case "reduce":
      return { value: { square: reduce(request.from, request.to) } };
    case "update": {
      const { from, to, step, scale, adam } = request;
      const slice = (v: Float32Array): Float32Array => v.subarray(from, to);
      const slices = {
        parameters: slice(parameters),
        gradient: slice(sum),
        first: slice(first),
        second: slice(second),
      };
      adamUpdate(slices, step, scale, adam);
      return { value: {} };
    }
  }
});
