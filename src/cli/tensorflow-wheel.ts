/** Builds tfjs-node's binding against the TensorFlow in a wheel of PyPI, for machines that its own download does not serve. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { runQuietly } from "./python";

/** The binding's sources fit TensorFlow 2.12 to 2.21; of these 2.18 brings libraries for CUDA 12.5 and cuDNN 9.3. */
const VERSION = "2.18.1";
/** What TensorFlow loads of CUDA at run time, in the versions that its wheel names. */
const CUDA = [
  "nvidia-cublas-cu12==12.5.3.2",
  "nvidia-cuda-cupti-cu12==12.5.82",
  "nvidia-cuda-nvcc-cu12==12.5.82",
  "nvidia-cuda-nvrtc-cu12==12.5.82",
  "nvidia-cuda-runtime-cu12==12.5.82",
  "nvidia-cudnn-cu12==9.3.0.75",
  "nvidia-cufft-cu12==11.2.3.61",
  "nvidia-curand-cu12==10.3.6.82",
  "nvidia-cusolver-cu12==11.6.3.83",
  "nvidia-cusparse-cu12==12.5.1.3",
  "nvidia-nccl-cu12==2.21.5",
  "nvidia-nvjitlink-cu12==12.5.82",
];
/** Any Python's pip can fetch these: nothing of them is imported. */
const WHEELS = ["--only-binary=:all:", "--no-deps", "--platform", "manylinux2014_x86_64", "--python-version", "3.11"];
const HEADERS = ["tensorflow/c/", "tensorflow/core/", "tensorflow/tsl/", "tsl/", "xla/tsl/", "absl/"];

export interface WheelOptions {
  /** The folder of tfjs-node or tfjs-node-gpu; its `deps` and `lib` are written. */
  readonly target: string;
  /** The folder with node_api.h. */
  readonly headers: string;
  readonly gpu: boolean;
  note(line: string): void;
}

/** Fetches the wheel, unpacks library and headers, compiles. @throws Error naming the tool that is missing. */
export async function buildFromWheel({ target, headers, gpu, note }: WheelOptions): Promise<void> {
  if (`${process.platform} ${process.arch}` !== "linux x64") {
    throw new Error(
      `engine-tensorflow: unknown platform of the wheel (got ${process.platform} ${process.arch}), expected linux x64; elsewhere only the package's own library serves`,
    );
  }
  const python = process.env["PYTHON"] ?? "python3";
  const compiler = process.env["CXX"] ?? "c++";
  requireTool(python, ["-m", "pip", "--version"], "Python with pip", "apt install python3-pip");
  requireTool(compiler, ["--version"], "a C++ compiler", "apt install g++");
  const deps = path.join(target, "deps");
  const work = path.join(target, "wheel");
  for (const folder of [deps, work]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(deps, "lib"), { recursive: true });
  const pip = (args: readonly string[]): Promise<string> =>
    runQuietly("pip", python, ["-m", "pip", "--disable-pip-version-check", ...args], { env: process.env, cwd: target });

  const wheel = `${gpu ? "tensorflow" : "tensorflow-cpu"}==${VERSION}`;
  note(`  fetching ${wheel} from PyPI (${gpu ? 600 : 230} MB) ...`);
  await pip(["download", ...WHEELS, "--dest", work, wheel]);
  note("  unpacking its library and headers ...");
  const file = path.join(
    work,
    readdirSync(work).find((name) => name.endsWith(".whl"))!,
  );
  await runQuietly("unpacking", python, ["-c", UNPACK, file, work, ...HEADERS], { env: process.env, cwd: target });
  cpSync(path.join(work, "tensorflow", "include"), path.join(deps, "include"), { recursive: true });
  for (const [library, link] of [
    ["libtensorflow_cc.so.2", "libtensorflow.so"],
    ["libtensorflow_framework.so.2", "libtensorflow_framework.so"],
  ] as const) {
    renameSync(path.join(work, "tensorflow", library), path.join(deps, "lib", library));
    symlinkSync(library, path.join(deps, "lib", link));
  }
  rmSync(work, { recursive: true });
  if (gpu) {
    note("  fetching CUDA 12 and cuDNN 9 from PyPI (2 GB) ...");
    // TensorFlow looks for them in ../nvidia beside its own folder.
    await pip(["install", ...WHEELS, "--upgrade", "--target", deps, ...CUDA]);
  }
  note("  compiling the binding ...");
  await compile(compiler, target, headers);
}

/** Into a folder that takes its name only when it is whole: an interrupted build leaves nothing that looks like a binding. */
async function compile(compiler: string, target: string, headers: string): Promise<void> {
  const napi = Math.min(Number(process.versions.napi), 8);
  const unfinished = path.join(target, "lib.unfinished");
  mkdirSync(path.join(unfinished, `napi-v${napi}`), { recursive: true });
  const args = [
    ...["-O2", "-std=c++17", "-fPIC", "-shared", `-DNAPI_VERSION=${napi}`, `-I${headers}`, "-Ideps/include"],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc", "-o", `${unfinished}/napi-v${napi}/tfjs_binding.node`],
    ...[
      "-Ldeps/lib",
      "-l:libtensorflow_cc.so.2",
      "-l:libtensorflow_framework.so.2",
      "-Wl,-rpath,$ORIGIN/../../deps/lib",
    ],
  ];
  await runQuietly("compiling", compiler, args, { env: process.env, cwd: target });
  renameSync(unfinished, path.join(target, "lib"));
}

function requireTool(program: string, args: readonly string[], what: string, remedy: string): void {
  if (spawnSync(program, args, { stdio: "ignore" }).status === 0) return;
  throw new Error(`engine-tensorflow: missing ${what} (got no answer from ${program}), expected one; ${remedy}`);
}

/** Of the wheel's two thousand megabytes only what is needed; Python reads zip files, Node does not. */
const UNPACK = `
import sys, zipfile
wheel, folder, *headers = sys.argv[1:]
keep = ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"] + ["tensorflow/include/" + h for h in headers]
with zipfile.ZipFile(wheel) as z:
    z.extractall(folder, [n for n in z.namelist() if n.startswith(tuple(keep))])
`;
