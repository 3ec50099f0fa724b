/** Where the engine can run: the devices by name, what this machine lacks of each, and how to get it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { type Probe, probeProvider, type Provider } from "./probe";
import { describeTensorFlow, type Installed } from "./tensorflow";

/** "cpu", "webgpu" and "cuda" are ONNX Runtime's; "tensorflow" is TensorFlow, op by op; "auto" is the fastest of ONNX Runtime's that works. */
export const DEVICES = ["auto", "cpu", "webgpu", "cuda", "tensorflow"] as const;
export type Device = (typeof DEVICES)[number];
type Gpu = Exclude<Provider, "cpu">;

/** What is missing of a device, in the words of its error. */
export interface Lack {
  readonly missing: string;
  readonly got: string;
  readonly expected: string;
  readonly remedy: string;
}

/** What the checks look at; tests give their own. */
export interface Machine {
  /** Such as "linux x64". */
  readonly platform: string;
  /** The folder of ONNX Runtime's libraries. */
  readonly libraries: string;
  exists(file: string): boolean;
  probe(provider: Gpu): Probe;
  /** @throws Error if TensorFlow is not there or does not load. */
  tensorflow(): Installed;
}

const CUDA_LIBRARIES = ["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"];

function lackOfCuda({ platform, libraries, exists, probe }: Machine): Lack | null {
  const missing = "CUDA";
  if (platform !== "linux x64") {
    const remedy = 'use the device "webgpu", which runs on the same cards';
    return { missing, got: platform, expected: "Linux on x64, where ONNX Runtime has a library for it", remedy };
  }
  const absent = CUDA_LIBRARIES.find((name) => !exists(path.join(libraries, name)));
  if (absent !== undefined) {
    const { version } = require("onnxruntime-node/package.json") as { readonly version: string };
    const wheel = `onnxruntime-gpu==${version}`;
    const files = CUDA_LIBRARIES.map((name) => `'*/${name}'`).join(" ");
    return {
      missing,
      got: `no ${absent} beside libonnxruntime.so.1 in ${libraries}`,
      expected: "ONNX Runtime's CUDA provider, which its npm package leaves out",
      remedy: `run python3 -m pip download --no-deps ${wheel}, then unzip -oj onnxruntime_gpu-${version}-*.whl ${files} -d ${path.relative(process.cwd(), libraries)}`,
    };
  }
  const result = probe("cuda");
  if (result.works) return null;
  if (result.missing.includes("libcuda.so.1") && result.missing.length === 1) {
    return { missing, got: "no libcuda.so.1", expected: "NVIDIA's driver", remedy: "install it, version 580 or newer" };
  }
  const [library] = result.missing;
  if (library !== undefined) {
    return {
      missing,
      got: `no ${library}`,
      expected: "the libraries of CUDA 13 and cuDNN 9 where the loader finds them",
      remedy: `install CUDA 13 and cuDNN 9, and name the folder of ${library} in LD_LIBRARY_PATH if it is not found`,
    };
  }
  return { missing, got: result.error, expected: "a card that answers", remedy: "see what nvidia-smi says of it" };
}

function lackOfWebGpu({ platform, probe }: Machine): Lack | null {
  const result = probe("webgpu");
  if (result.works) return null;
  const missing = "WebGPU";
  if (result.missing.includes("libvulkan.so.1")) {
    return {
      missing,
      got: "no libvulkan.so.1",
      expected: "the Vulkan loader and a driver",
      remedy:
        "on Debian or Ubuntu: apt install libvulkan1 mesa-vulkan-drivers (NVIDIA cards: NVIDIA's driver with libvulkan1)",
    };
  }
  const remedy = platform.startsWith("linux")
    ? "on Debian or Ubuntu: apt install mesa-vulkan-drivers for AMD and Intel, NVIDIA's own driver for its cards; vulkaninfo --summary lists what there is"
    : "install the driver of the graphics card";
  return { missing, got: result.error, expected: "a graphics driver that WebGPU accepts", remedy };
}

function lackOfTensorFlow({ tensorflow }: Machine): Lack | null {
  try {
    tensorflow();
    return null;
  } catch (error) {
    return {
      missing: "TensorFlow",
      got: (error as Error).message,
      expected: "@tensorflow/tfjs-node-gpu or tfjs-node with its binding",
      remedy: "run npm run engine:tensorflow (or npm run engine:tensorflow -- --cpu)",
    };
  }
}

/** What this machine lacks of a device, or null if it works. */
export function lackOf(device: Exclude<Device, "auto" | "cpu">, machine: Machine = thisMachine): Lack | null {
  switch (device) {
    case "webgpu":
      return lackOfWebGpu(machine);
    case "cuda":
      return lackOfCuda(machine);
    case "tensorflow":
      return lackOfTensorFlow(machine);
  }
}

/** The fastest of ONNX Runtime's devices that works here, by the time of a small chain of layers; software rasterisers lose that race. */
export function fastestDevice(machine: Machine = thisMachine): Provider {
  let best: { readonly device: Provider; readonly milliseconds: number } = { device: "cpu", milliseconds: Infinity };
  for (const device of ["cuda", "webgpu"] as const) {
    if (lackOf(device, machine) !== null) continue;
    const probe = machine.probe(device);
    if (!probe.works || probe.milliseconds > probe.cpuMilliseconds || probe.milliseconds > best.milliseconds) continue;
    best = { device, milliseconds: probe.milliseconds };
  }
  return best.device;
}

const probes = new Map<Gpu, Probe>();

/** The machine that this runs on. Each provider is tried once. */
export const thisMachine: Machine = {
  platform: `${process.platform} ${process.arch}`,
  get libraries() {
    const root = path.dirname(require.resolve("onnxruntime-node/package.json"));
    return path.join(root, "bin", "napi-v6", process.platform, process.arch);
  },
  exists: existsSync,
  probe(provider) {
    const known = probes.get(provider) ?? probeProvider(provider);
    probes.set(provider, known);
    return known;
  },
  tensorflow: describeTensorFlow,
};
