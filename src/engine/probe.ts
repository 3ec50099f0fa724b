/** Whether one of ONNX Runtime's providers really works here, tried in a process of its own. */
import { spawnSync } from "node:child_process";
import path from "node:path";

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

const TIMEOUT = 60_000;

/**
 * Tries a provider. In a process of its own because a driver can take its process down, and because ONNX Runtime 1.24, when it finds no
 * WebGPU adapter, often leaves a process that never ends.
 */
export function probeProvider(provider: Exclude<Provider, "cpu">): Probe {
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, "probe-program.js"), provider], {
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
