/** A worker thread of the ONNX engine: its share of every batch, and its range of the optimiser. Vectors are shared, tensors are private. */
import { workerData } from "node:worker_threads";
import { serve } from "../parallel/serve";
import { type AdamOptions, createOptimiser, type FlatVectors, type Range } from "./adam";
import { LOSS } from "./names";
import { type Field, type TensorPlace, WEIGHT } from "./engine";
import { type LoadedProgram, loadProgram } from "./onnx-program";
import type { Pieces } from "./pieces";
import type { Provider } from "./probe";

export interface WorkerSetup {
  readonly vectors: FlatVectors;
  readonly tensors: readonly TensorPlace[];
  readonly provider: Provider;
}

/** A compiled program. */
export interface Load {
  readonly pieces: Pieces;
  readonly batch: number;
  readonly inputs: readonly Field[];
  readonly late: readonly Field[];
  readonly outputs: readonly Field[];
}

export type WorkerRequest =
  | ({ readonly kind: "load"; readonly key: string } & Load)
  | {
      /**
       * "outputs" evaluates at most `batch` rows: all steps of a program, or those of a loss that need no late input. "gradient" takes any
       * number of rows; of a loss with late inputs, those that the last "outputs" evaluated.
       */
      readonly kind: "outputs" | "gradient";
      readonly key: string;
      readonly version: number;
      readonly worker: number;
      readonly inputs: readonly Float32Array[];
      readonly rows: number;
    }
  | { readonly kind: "reduce"; readonly worker: number; readonly workers: number; readonly range: Range }
  | {
      readonly kind: "update";
      readonly range: Range;
      readonly worker: number;
      readonly step: number;
      readonly scale: number;
      readonly adam: AdamOptions;
    };

type RunRequest = WorkerRequest & { readonly kind: "outputs" | "gradient" };

export interface WorkerResponse {
  readonly outputs?: readonly Float32Array[];
  readonly loss?: number;
  readonly square?: number;
}

const { vectors, tensors, provider } = workerData as WorkerSetup;
const { length, parameters, gradients } = vectors;
const optimiser = createOptimiser(vectors);
const own = { parameters: new Float32Array(length), gradient: new Float32Array(length), tensors };
let ownVersion = -1;
const programs = new Map<string, Load & LoadedProgram>();

function refresh(version: number): void {
  if (version !== ownVersion) own.parameters.set(parameters);
  ownVersion = version;
}

/** Fills a program's inputs with the rows [from, to) of `arrays`. */
function fill(
  program: LoadedProgram,
  fields: readonly Field[],
  arrays: readonly Float32Array[],
  { from, to }: Range,
): void {
  fields.forEach(({ name, width }, i) => {
    const values = program.values(name);
    values.set(arrays[i]!.subarray(from * width, to * width));
    const filled = (to - from) * width;
    // Rows that only fill up a batch repeat its first one: valid numbers, whose results nobody reads and that weigh nothing.
    if (name === WEIGHT) values.fill(0, filled);
    else for (let at = filled; at < values.length; at += width) values.copyWithin(at, 0, width);
  });
}

async function outputs({ key, version, inputs, rows }: RunRequest): Promise<WorkerResponse> {
  const program = programs.get(key)!;
  refresh(version);
  fill(program, program.inputs, inputs, { from: 0, to: rows });
  await program.run(0, program.pieces.late);
  return { outputs: program.outputs.map(({ name, width }) => program.values(name).slice(0, rows * width)) };
}

async function gradient({ key, version, worker, inputs, rows }: RunRequest): Promise<WorkerResponse> {
  const program = programs.get(key)!;
  const isLate = program.late.length > 0;
  refresh(version);
  let loss = 0;
  for (let from = 0; from < rows; from += program.batch) {
    fill(program, isLate ? program.late : program.inputs, inputs, { from, to: Math.min(rows, from + program.batch) });
    await program.run(isLate ? program.pieces.late : 0, program.pieces.steps.length);
    loss += program.values(LOSS)[0]!;
    const sum = gradients[worker]!;
    if (from === 0) sum.set(own.gradient);
    else for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + own.gradient[i]!;
  }
  return { loss };
}

serve<WorkerRequest, WorkerResponse>(async (request) => {
  switch (request.kind) {
    case "load": {
      const { key, pieces, inputs, late, outputs: out } = request;
      const names = [...inputs, ...late, ...out].map((f) => f.name).concat(LOSS in pieces.outputs ? [LOSS] : []);
      const present = names.filter((name) => name in pieces.shapes || name in pieces.outputs);
      programs.set(key, { ...request, ...(await loadProgram(pieces, present, own, provider)) });
      return { value: {} };
    }
    case "outputs": {
      const value = await outputs(request);
      return { value, transfer: value.outputs!.map((o) => o.buffer as ArrayBuffer) };
    }
    case "gradient":
      return { value: await gradient(request) };
    case "reduce":
      return { value: { square: optimiser.reduce(request.range, request.worker, request.workers) } };
    case "update": {
      const { range, worker, step, scale, adam } = request;
      optimiser.update(range, worker, step, scale, adam);
      return { value: {} };
    }
  }
});
