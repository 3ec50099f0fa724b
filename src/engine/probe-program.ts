/** The program that `probe.ts` starts: `node probe-program.js webgpu` runs a chain of layers there and on the CPU, and prints what came of it. */
import { writeSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { createGraph } from "./graph";
import { encodeModel, inputName, outputName } from "./model";
import type { Probe, Provider } from "./probe";

/** The system's own library that a provider cannot do without. */
const LOADER = { webgpu: "libvulkan.so.1", cuda: "libcuda.so.1" } as const;
const SIZE = 256;
const LAYERS = 16;
/** Runs stop being repeated after this many milliseconds: a software rasteriser needs seconds for one. */
const ENOUGH = 2000;
/** Largest difference from the CPU's result, relative to its largest entry. */
const AGREEMENT = 1e-3;

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
  return encodeModel({
    nodes: graph.nodes,
    constants: [...graph.constants],
    inputs,
    outputs: [{ name: x, shape: [SIZE, SIZE] }],
    copies: true,
  });
}

async function measure(
  model: Uint8Array,
  provider: Provider,
): Promise<{ readonly y: Float32Array; readonly milliseconds: number }> {
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider], logSeverityLevel: 3 });
  const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i) / 8);
  const feeds = {
    [inputName(0)]: new ort.Tensor("float32", wave(SIZE * SIZE), [SIZE, SIZE]),
    [inputName(1)]: new ort.Tensor("float32", wave(SIZE * SIZE), [SIZE, SIZE]),
  };
  const first = await session.run(feeds); // compiles
  const begin = performance.now();
  let milliseconds = Infinity;
  for (let run = 0; run < 3 && performance.now() - begin < ENOUGH; run++) {
    const start = performance.now();
    await session.run(feeds);
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return { y: first[outputName(0)]!.data as Float32Array, milliseconds };
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
    const model = chainOfLayers();
    const { y, milliseconds } = await measure(model, provider);
    const cpu = await measure(model, "cpu");
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

void main(process.argv[2] as "webgpu" | "cuda").then((probe) => {
  writeSync(1, `\n${JSON.stringify(probe)}\n`);
  process.kill(process.pid, "SIGKILL"); // an ordinary exit may never come: see probe.ts
});
