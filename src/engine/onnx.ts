/** The default engine: programs traced once per batch size, run by ONNX Runtime, one single-threaded session per worker thread. */
import { availableParallelism } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
// Loaded here though only workers use it: a native module that two workers load at once, or after the last user has
// closed, fails with "Module did not self-register".
import "onnxruntime-node";
import { createPool } from "../parallel/pool";
import { clipFactor, type Engine, type EngineOptions, type EngineState, inputRows, type Program } from "./engine";
import type { Load, WorkerRequest, WorkerResponse, WorkerSetup } from "./onnx-worker";
import "./kernels";
import { CUDA_PRECISION } from "./probe";
import { trace } from "./trace";

/** Rows per session run when only evaluating: large enough to be efficient, on the CPU small enough for the cache. */
const CHUNK = { cpu: 512, webgpu: 4096, cuda: 4096 } as const;
const LABEL = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA" } as const;

const shared = (n: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * n));
const gradientName = (i: number): string => `gradient${i}`;
const parameterName = (i: number): string => `parameter${i}`;

/** Traces a program for a batch size; as a loss also its gradient with respect to every parameter. */
export function compile(program: Program, tensors: EngineOptions["tensors"], batch: number, asLoss: boolean): Load {
  const count = program.inputs.length;
  const inputs = program.inputs.map(({ name, width }) => ({ name, shape: [batch, width] }));
  const parameters = tensors.map(({ shape }, i) => ({ name: parameterName(i), shape }));
  const outputs = program.outputs.map((o) => o.name);
  const model = trace({
    inputs: [...inputs, ...parameters],
    outputs: asLoss ? [...outputs, ...tensors.map((_, i) => gradientName(i))] : outputs,
    run(...all) {
      const data = all.slice(0, count);
      if (!asLoss) return program.run(all.slice(count), data) as tf.Tensor[];
      const loss = (...p: tf.Tensor[]): tf.Scalar => program.run(p, data)[0] as tf.Scalar;
      const { value, grads } = tf.valueAndGrads(loss)(all.slice(count));
      return [value, ...grads];
    },
  });
  return { model, batch, inputs: program.inputs, outputs: program.outputs, asLoss };
}

/** @throws RangeError if the options are invalid. Sessions are made on first use of a program at a batch size. */
export function createOnnxEngine({
  parameters,
  tensors,
  provider = "cpu",
  threads: cores = availableParallelism(),
}: EngineOptions): Engine {
  const threads = provider === "cpu" ? cores : 1;
  // CUDA reads it when it starts; a worker's copy of the environment would not reach it.
  if (provider === "cuda") Object.assign(process.env, CUDA_PRECISION);
  const length = parameters.length;
  const memory = { parameters: shared(length), first: shared(length), second: shared(length), sum: shared(length) };
  const gradients = Array.from({ length: threads }, () => shared(length));
  memory.parameters.set(parameters);
  const setup: WorkerSetup = { ...memory, gradients, tensors, provider };
  const pool = createPool<WorkerRequest, WorkerResponse>(path.join(__dirname, "onnx-worker.js"), {
    threads,
    workerData: setup,
  });
  const loaded = new Map<string, Promise<unknown>>();
  let updates = 0;
  /** Counts changes of the parameters, so that workers know when their copy is old. */
  let version = 0;

  const load = async (program: Program, batch: number, asLoss: boolean): Promise<string> => {
    const key = `${program.name}/${batch}/${asLoss ? "loss" : "value"}`;
    if (!loaded.has(key)) {
      const compiled = compile(program, tensors, batch, asLoss);
      loaded.set(key, pool.all(gradients.map(() => ({ kind: "load", key, ...compiled }))));
    }
    await loaded.get(key);
    return key;
  };
  /** Equal shares of whole 16-float lines. */
  const cut = (i: number): number => (i >= threads ? length : Math.floor(length / threads / 16) * 16 * i);
  const ranges = gradients.map((_, i) => ({ from: cut(i), to: cut(i + 1) }));

  return {
    name: `ONNX Runtime (${LABEL[provider]}), ${threads} thread${threads > 1 ? "s" : ""}`,
    threads,
    async evaluate(program, inputs, n) {
      const result: Record<string, Float32Array> = {};
      for (const { name, width } of program.outputs) result[name] = new Float32Array(n * width);
      const chunk = Math.min(CHUNK[provider], Math.max(1, Math.ceil(n / threads)));
      const key = await load(program, chunk, false);
      let next = 0;
      const work = async (worker: number): Promise<void> => {
        while (next < n) {
          const from = next;
          next += chunk;
          const to = Math.min(n, from + chunk);
          const answer = await pool.call(worker, {
            kind: "run",
            key,
            version,
            worker,
            inputs: inputRows(program, inputs, from, to),
            rows: to - from,
          });
          program.outputs.forEach(({ name, width }, i) => result[name]!.set(answer.outputs![i]!, from * width));
        }
      };
      await Promise.all(gradients.map((_, i) => work(i)));
      return result;
    },
    async gradient(program, inputs, n) {
      if (n % threads !== 0)
        throw new RangeError(`engine: invalid batch (got ${n}), expected a multiple of the ${threads} threads`);
      const share = n / threads;
      const key = await load(program, share, true);
      const answers = await pool.all(
        gradients.map(
          (_, i) =>
            ({
              kind: "run",
              key,
              version,
              worker: i,
              inputs: inputRows(program, inputs, i * share, (i + 1) * share),
              rows: share,
            }) as const,
        ),
      );
      return answers.reduce((sum, { outputs }) => sum + outputs![0]![0]!, 0);
    },
    async update({ clipNorm, ...adam }) {
      const squares = await pool.all(ranges.map((range) => ({ kind: "reduce", ...range })));
      const gradientNorm = Math.sqrt(squares.reduce((sum, { square }) => sum + square!, 0));
      if (!Number.isFinite(gradientNorm)) return { gradientNorm, applied: false };
      updates++;
      version++;
      const scale = clipFactor(gradientNorm, clipNorm);
      await pool.all(ranges.map((range) => ({ kind: "update", ...range, step: updates, scale, adam })));
      return { gradientNorm, applied: true };
    },
    lastGradient: () => Float32Array.from(memory.sum, (_, i) => gradients.reduce((sum, g) => sum + g[i]!, 0)),
    state: () => ({
      parameters: Float32Array.from(memory.parameters),
      first: Float32Array.from(memory.first),
      second: Float32Array.from(memory.second),
      updates,
    }),
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
