import assert from "node:assert/strict";
import { difference } from "../difference";
import { test } from "node:test";
import { createEngine } from "../../src/engine/choose";
import { type Device, fastestDevice, lackOf, type Machine, thisMachine } from "../../src/engine/devices";
import type { Probe } from "../../src/engine/probe";
import { initParameters, parameterShapes } from "../../src/flow/parameters";
import { samplePrior } from "../../src/flow/prior";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec } from "../../src/flow/spec";
import { createRng } from "../../src/numerics/random";
import { flowPrograms } from "../../src/train/programs";
import { EVERYTHING, NOTHING } from "./machines";

const KINDS: Channel[] = ["bond", "angle", "torsion", "bond", "angle", "torsion"];
const spec = createFlowSpec(KINDS, { couplings: 2, hidden: 16, layers: 1, bins: 8, seed: 1 });
const options = { parameters: initParameters(spec, createRng(3)), tensors: parameterShapes(spec) };
const failing = (error: string, missing: string[] = []): Machine["probe"] => {
  return () => ({ works: false, error, missing });
};

test("each thing that a device can lack has its own error, with what is missing and how to get it", () => {
  const cases: [Device, Partial<Machine>, RegExp][] = [
    [
      "cuda",
      { exists: (file) => !file.endsWith("cuda.so") },
      /^engine: missing CUDA \(no libonnxruntime_providers_cuda\.so beside libonnxruntime\.so\.1 in \/lib\/onnxruntime\), expected ONNX Runtime's CUDA provider.*; run python3 -m pip download --no-deps onnxruntime-gpu==1\.\d+\.\d, then unzip .* -d \S+/,
    ],
    ["cuda", { exists: (file) => !file.endsWith("shared.so") }, /\(no libonnxruntime_providers_shared\.so beside/],
    ["cuda", { platform: "darwin arm64" }, /missing CUDA \(darwin arm64\), expected Linux on x64/],
    ["cuda", { probe: failing("no", ["libcuda.so.1"]) }, /\(no libcuda\.so\.1\), expected NVIDIA's driver; install it/],
    ["cuda", { probe: failing("no", ["libcudnn.so.9", "libcuda.so.1"]) }, /\(no libcudnn\.so\.9\).*LD_LIBRARY_PATH/],
    ["cuda", { probe: failing("CUDA failure 100: no device") }, /\(CUDA failure 100: no device\), expected a card/],
    [
      "webgpu",
      { probe: failing("no", ["libvulkan.so.1"]) },
      /missing WebGPU \(no libvulkan\.so\.1\).*apt install libvul/,
    ],
    ["webgpu", { probe: failing("No adapters") }, /missing WebGPU \(No adapters\).*apt install mesa-vulkan-drivers/],
    ["webgpu", { probe: failing("No adapters"), platform: "win32 x64" }, /install the driver of the graphics card$/],
    [
      "tensorflow",
      { tensorflow: NOTHING.tensorflow },
      /missing TensorFlow \(no @tensorflow.*npm run engine:tensorflow/,
    ],
  ];
  for (const [device, fault, message] of cases)
    assert.throws(() => createEngine({ ...options, device }, { ...EVERYTHING, ...fault }), { message });
  for (const device of ["cuda", "webgpu", "tensorflow"] as const) assert.equal(lackOf(device, EVERYTHING), null);
});

test("auto takes the fastest that works, and the processor where a card or a software rasteriser is slower", () => {
  const at = (cuda: number, webgpu: number): Machine["probe"] => {
    return (name): Probe => ({ works: true, milliseconds: name === "cuda" ? cuda : webgpu, cpuMilliseconds: 20 });
  };
  assert.equal(fastestDevice(EVERYTHING), "cuda");
  assert.equal(fastestDevice({ ...EVERYTHING, probe: at(3, 2) }), "webgpu");
  assert.equal(fastestDevice({ ...EVERYTHING, probe: at(30, 4500) }), "cpu");
  assert.equal(fastestDevice({ ...EVERYTHING, exists: () => false }), "webgpu");
  assert.equal(fastestDevice(NOTHING), "cpu");
});

test("the default is the processor even where a card works, and the name says what was taken", async () => {
  const usual = createEngine(options, EVERYTHING);
  assert.match(usual.name, /^ONNX Runtime \(CPU\), \d+ thread/);
  const auto = createEngine({ ...options, threads: 1, device: "auto" }, NOTHING);
  assert.equal(auto.name, "ONNX Runtime (CPU), 1 thread");
  const card = createEngine({ ...options, threads: 8, device: "auto" }, EVERYTHING);
  assert.equal(card.name, "ONNX Runtime (CUDA), 8 threads");
  await Promise.all([usual, auto, card].map((engine) => engine.close()));
});

test("an unknown device is refused with the known ones", () => {
  assert.throws(
    () => createEngine({ ...options, device: "tpu" as Device }),
    /unknown device \(got tpu\), expected one of auto/,
  );
});

// On every machine one half of each is checked: the numbers where the device works, the error where it does not.
for (const device of ["webgpu", "cuda"] as const) {
  test(`this machine's ${device} computes what its processor does, or its lack is named`, async () => {
    if (lackOf(device) !== null) {
      assert.throws(
        () => createEngine({ ...options, device }),
        /^Error: engine: missing (WebGPU|CUDA) \(.+\), expected .+; .+/,
      );
      return;
    }
    const cpu = createEngine({ ...options, threads: 1 });
    const card = createEngine({ ...options, device });
    const programs = flowPrograms(spec);
    const n = 32;
    const rng = createRng(5);
    const z = samplePrior(spec, n, rng);
    const g = Float32Array.from({ length: n * spec.dof }, () => rng.normal());
    const weight = new Float32Array(n).fill(1 / n);
    const { x } = await cpu.evaluate(programs.sample, { z }, n);
    // Graphics cards divide and take logarithms to a few units in the last place: 1e-4 and not the tolerance of one library.
    assert.ok(difference((await card.evaluate(programs.sample, { z }, n)).x!, x!) < 1e-4);
    for (const [program, inputs, supply] of [
      [programs.forwardKl, { x: x!, weight }, undefined],
      [programs.reverseKl, { z }, () => Promise.resolve({ g, weight })],
    ] as const) {
      const losses = [
        await card.gradient(program, inputs, n, supply),
        await cpu.gradient(program, inputs, n, supply),
      ] as const;
      assert.ok(Math.abs(losses[0] - losses[1]) < 1e-4 * Math.abs(losses[1]), `${program.name}: ${losses.join()}`);
      assert.ok(difference(await card.lastGradient(), await cpu.lastGradient()) < 1e-4, program.name);
    }
    await Promise.all([cpu.close(), card.close()]);
  });
}

test("the machine looks for ONNX Runtime's libraries where they are", () => {
  if (thisMachine.platform === "linux x64")
    assert.ok(thisMachine.exists(`${thisMachine.libraries}/libonnxruntime.so.1`));
  assert.match(thisMachine.libraries, /onnxruntime-node/);
});
