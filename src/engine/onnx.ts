/** The default engine: programs compiled once per batch size, run by ONNX Runtime on one thread in each of several worker threads. */
import { availableParallelism } from "node:os";
import path from "node:path";
// Loaded here though only workers use it: a native module that two workers load at once, or after the last user has
// closed, fails with "Module did not self-register".
import "onnxruntime-node";
import { createPool } from "../parallel/pool";
import { createVectors } from "./adam";
import { compile } from "./compile";
import {
  type Arrays,
  clipFactor,
  type Engine,
  type EngineOptions,
  type EngineState,
  type Field,
  type Loss,
  type Program,
  roomFor,
  rowsOf,
} from "./engine";
import type { WorkerRequest, WorkerResponse, WorkerSetup } from "./onnx-worker";
import { CUDA_PRECISION } from "./probe";

/** Rows per run: large enough to be efficient, on the CPU small enough for the cache. */
const CHUNK = { cpu: 512, webgpu: 4096, cuda: 4096 } as const;
const LABEL = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA" } as const;
/** Rows come in multiples of the lanes of a vector register. */
const LANES = 4;

const wholeLanes = (rows: number): number => Math.ceil(rows / LANES) * LANES;

/** @throws RangeError if the options are invalid. Sessions are made on first use of a program at a batch size. */
export function createOnnxEngine({
  parameters,
  tensors,
  provider = "cpu",
  threads = availableParallelism(),
  whole = provider !== "cpu",
}: EngineOptions): Engine {
  // A card is one worker's; the others only take their ranges of every update.
  const sessions = provider === "cpu" ? threads : 1;
  // CUDA reads it when it starts; a worker's copy of the environment would not reach it.
  if (provider === "cuda") Object.assign(process.env, CUDA_PRECISION);
  const mostRows = CHUNK[provider];
  const { length } = parameters;
  const memory = createVectors(length, sessions);
  const { gradients } = memory;
  memory.parameters.set(parameters);
  const setup: WorkerSetup = { vectors: memory, tensors, provider };
  const pool = createPool<WorkerRequest, WorkerResponse>(path.join(__dirname, "onnx-worker.js"), {
    threads,
    workerData: setup,
  });
  const loaded = new Map<string, Promise<unknown>>();
  let updates = 0;
  /** Counts changes of the parameters, so that workers know when their copy is old. */
  let version = 0;
  /** Workers that took part in the last gradient. */
  let active = 0;

  const load = async (program: Program | Loss, batch: number): Promise<string> => {
    const key = `${program.name}/${batch}`;
    if (!loaded.has(key)) {
      const pieces = compile(program, { tensors, batch, custom: !whole });
      const { inputs, outputs } = program;
      const late = "late" in program ? program.late : [];
      const fields = whole ? { inputs: [...inputs, ...late], late: [] } : { inputs, late };
      const request = { kind: "load", key, pieces, batch, outputs, ...fields } as const;
      loaded.set(key, Promise.all(gradients.map((_, worker) => pool.call(worker, request))));
    }
    await loaded.get(key);
    return key;
  };
  /** Equal ranges of whole 16-float lines. */
  const cut = (i: number): number => (i >= threads ? length : Math.floor(length / threads / 16) * 16 * i);
  const ranges = Array.from({ length: threads }, (_, i) => ({ from: cut(i), to: cut(i + 1) }));
  /** Where a thread sums its range of all gradients. */
  const ownGradient = (i: number): number => Math.min(i, sessions - 1);
  const buffers = (arrays: readonly Float32Array[]): ArrayBuffer[] => arrays.map((a) => a.buffer as ArrayBuffer);

  const evaluate: Engine["evaluate"] = async ({ name, run, ...fields }, inputs, n) => {
    // The outputs of a loss are a program too, without its gradient.
    const program: Program = { name: `${name} outputs`, inputs: fields.inputs, outputs: fields.outputs, run };
    const result = roomFor(program.outputs, n);
    const batch = Math.min(mostRows, wholeLanes(Math.max(1, Math.ceil(n / sessions))));
    const key = await load(program, batch);
    let next = 0;
    const work = async (worker: number): Promise<void> => {
      while (next < n) {
        const from = next;
        next += batch;
        const rows = Math.min(batch, n - from);
        const arrays = rowsOf(name, program.inputs, inputs, from, from + rows);
        const request = { kind: "outputs", key, version, worker, inputs: arrays, rows } as const;
        const { outputs } = await pool.call(worker, request, buffers(arrays));
        program.outputs.forEach(({ name: output, width }, i) => result[output]!.set(outputs![i]!, from * width));
      }
    };
    await Promise.all(gradients.map((_, i) => work(i)));
    return result;
  };

  return {
    name: `ONNX Runtime (${LABEL[provider]}), ${threads} thread${threads > 1 ? "s" : ""}`,
    threads,
    evaluate,
    async gradient(program, inputs, n, supply) {
      const share = Math.ceil(n / sessions);
      const shares = gradients
        .map((_, worker) => ({ worker, from: worker * share, to: Math.min(n, (worker + 1) * share) }))
        .filter(({ from, to }) => to > from);
      active = shares.length;
      const inTwoParts = supply !== undefined && !whole;
      const key = await load(program, wholeLanes(inTwoParts ? share : Math.ceil(share / Math.ceil(share / mostRows))));
      /** One request to every worker for its rows. */
      const ask = (kind: "outputs" | "gradient", fields: readonly Field[], arrays: Arrays) =>
        Promise.all(
          shares.map(({ worker, from, to }) => {
            const rows = rowsOf(program.name, fields, arrays, from, to);
            return pool.call(worker, { kind, key, version, worker, inputs: rows, rows: to - from }, buffers(rows));
          }),
        );
      let late: Arrays | null = {};
      if (supply) {
        const made = inTwoParts ? roomFor(program.outputs, n) : await evaluate(program, inputs, n);
        if (inTwoParts) {
          const answers = await ask("outputs", program.inputs, inputs);
          answers.forEach(({ outputs }, i) =>
            program.outputs.forEach(({ name, width }, k) => made[name]!.set(outputs![k]!, shares[i]!.from * width)),
          );
        }
        late = await supply(made);
        if (late === null) return NaN;
      }
      const fields = inTwoParts ? program.late : [...program.inputs, ...program.late];
      const answers = await ask("gradient", fields, { ...inputs, ...late });
      return answers.reduce((sum, { loss }) => sum + loss!, 0);
    },
    async update({ clipNorm, ...adam }) {
      const squares = await pool.all(
        ranges.map((range, i) => ({ kind: "reduce", worker: ownGradient(i), workers: active, range })),
      );
      const gradientNorm = Math.sqrt(squares.reduce((sum, { square }) => sum + square!, 0));
      if (!Number.isFinite(gradientNorm)) return { gradientNorm, applied: false };
      updates++;
      version++;
      const scale = clipFactor(gradientNorm, clipNorm);
      const common = { kind: "update", step: updates, scale, adam } as const;
      await pool.all(ranges.map((range, i) => ({ ...common, worker: ownGradient(i), range })));
      return { gradientNorm, applied: true };
    },
    lastGradient: async () =>
      gradients[0]!.map((_, i) => gradients.slice(0, active).reduce((sum, g) => sum + g[i]!, 0)),
    parameters: memory.parameters,
    state() {
      // A worker that died in an update leaves some parameters with it and others without: nothing to be stored.
      const failure = pool.failure();
      if (failure) throw failure;
      return {
        parameters: new Float32Array(memory.parameters),
        first: new Float32Array(memory.first),
        second: new Float32Array(memory.second),
        updates,
      };
    },
    restore(state: EngineState) {
      if (state.parameters.length !== length) {
        throw new RangeError(
          `engine: mismatched state (got ${state.parameters.length} parameters), expected ${length}`,
        );
      }
      memory.parameters.set(state.parameters);
      memory.first.set(state.first);
      memory.second.set(state.second);
      updates = state.updates;
      version++;
    },
    resetOptimiser() {
      memory.first.fill(0);
      memory.second.fill(0);
      updates = 0;
    },
    close: () => pool.close(),
  };
}
