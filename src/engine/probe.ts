/** Whether one of ONNX Runtime's providers really works here, tried in a process of its own. As a program: `node probe.js webgpu`. */
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import type * as Ort from "onnxruntime-node";
import { createGraph } from "./graph";

/** What ONNX Runtime runs a graph on. */
export type Provider = "cpu" | "webgpu" | "cuda";

/** What came of it. */
export type Probe =
  | {
      readonly works: true;
      /** The best of three runs of a chain of layers, and the CPU's time for the same. */
      readonly milliseconds: number;
      readonly cpuMilliseconds: number;
    }
  | {
      readonly works: false;
      readonly error: string;
      /** Shared libraries that could not be found. */
      readonly missing: readonly string[];
    };

/** The system's own library that a provider cannot do without. */
const LOADER = { webgpu: "libvulkan.so.1", cuda: "libcuda.so.1" } as const;
const SIZE = 256;
const LAYERS = 16;
/** Runs stop being repeated after this many milliseconds: a software rasteriser needs seconds for one. */
const ENOUGH = 2000;
/** Largest difference from the CPU's result, relative to its largest entry. */
const AGREEMENT = 1e-3;
const TIMEOUT = 60_000;

/**
 * Tries a provider. In a process of its own because a driver can take its process down, and because ONNX Runtime 1.24, when it finds no
 * WebGPU adapter, often leaves a process that never ends.
 */
export function probeProvider(provider: Exclude<Provider, "cpu">): Probe {
  const { stdout, stderr } = spawnSync(process.execPath, [__filename, provider], {
    encoding: "utf8",
    timeout: TIMEOUT,
    killSignal: "SIGKILL",
    env: { ...process.env, ...CUDA_PRECISION },
  });
  const answer = stdout.split("\n").find((line) => line.startsWith("{"));
  if (answer === undefined) {
    return { works: false, error: `no answer within ${TIMEOUT / 1000} s, or the process died`, missing: [] };
  }
  const probe = JSON.parse(answer) as Probe;
  if (probe.works) return probe;
  const unfound = [...stderr.matchAll(/(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/g)].map((m) => m[1]!);
  return { ...probe, missing: [...new Set([...unfound, ...probe.missing])] };
}

/** Single precision in matrix products: CUDA's default on recent cards keeps ten bits of the mantissa. */
export const CUDA_PRECISION = { NVIDIA_TF32_OVERRIDE: "0" } as const;

/** Products and elementwise work in about the proportion of a flow's, of modest size: what decides there is the cost of starting kernels. */
function chainOfLayers(): Uint8Array {
  const graph = createGraph();
  let x = "x";
  for (let layer = 0; layer < LAYERS; layer++) {
    x = graph.node("Relu", [graph.node("Gemm", [x, "w"])]);
    for (let i = 0; i < 4; i++)
      x = graph.node("Mul", [graph.node("Sigmoid", [x]), graph.scalar(1 + layer / 64 + i / 8)]);
  }
  const inputs = [
    { name: "x", shape: [SIZE, SIZE] },
    { name: "w", shape: [SIZE, SIZE] },
  ];
  return graph.encode(inputs, [{ name: "y", shape: [SIZE, SIZE], source: x }]);
}

async function measure(
  ort: typeof Ort,
  model: Uint8Array,
  provider: Provider,
): Promise<{ readonly y: Float32Array; readonly milliseconds: number }> {
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider], logSeverityLevel: 3 });
  const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i) / 8);
  const feeds = {
    x: new ort.Tensor("float32", wave(SIZE * SIZE), [SIZE, SIZE]),
    w: new ort.Tensor("float32", wave(SIZE * SIZE), [SIZE, SIZE]),
  };
  const first = await session.run(feeds); // compiles
  const begin = performance.now();
  let milliseconds = Infinity;
  for (let run = 0; run < 3 && performance.now() - begin < ENOUGH; run++) {
    const start = performance.now();
    await session.run(feeds);
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return { y: first.y!.data as Float32Array, milliseconds };
}

/** Loading a library as if it were an addon fails either way; only the message says whether it was there. */
function isMissing(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return false;
  } catch (error) {
    return String(error).includes("cannot open shared object file");
  }
}

/** The sentence that says it, without the C++ around it. */
function plain(message: string): string {
  const sentence = /CUDA failure \d+: [^;\n]*|Failed to get a WebGPU [^\n]*/.exec(message)?.[0] ?? message;
  return sentence.replace(/[;:\s]+$/, "").split("\n")[0]!;
}

async function main(provider: Exclude<Provider, "cpu">): Promise<Probe> {
  try {
    const ort = require("onnxruntime-node") as typeof Ort;
    const model = chainOfLayers();
    const { y, milliseconds } = await measure(ort, model, provider);
    const cpu = await measure(ort, model, "cpu");
    const scale = cpu.y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const apart = y.reduce((most, v, i) => Math.max(most, Math.abs(v - cpu.y[i]!)), 0) / scale;
    if (!(apart < AGREEMENT))
      throw new Error(`its numbers differ from the CPU's by ${apart.toPrecision(2)} of the largest`);
    return { works: true, milliseconds, cpuMilliseconds: cpu.milliseconds };
  } catch (error) {
    const loader = LOADER[provider];
    const missing = process.platform === "linux" && isMissing(loader) ? [loader] : [];
    return { works: false, error: plain((error as Error).message), missing };
  }
}

if (require.main === module) {
  void main(process.argv[2] as "webgpu" | "cuda").then((probe) => {
    writeSync(1, `\n${JSON.stringify(probe)}\n`);
    process.kill(process.pid, "SIGKILL"); // an ordinary exit may never come: see above
  });
}
