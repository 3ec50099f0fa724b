/** `tabg doctor`: what this machine has of what the package needs, line by line, each problem with its remedy. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Machine, thisMachine } from "../engine/devices";
import { projectRoot } from "../io/paths";
import { checkDevices } from "./doctor-devices";
import { parseCommand, type Streams } from "./usage";

/** What the checks look at; tests give their own. */
export interface Surroundings {
  readonly root: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly littleEndian: boolean;
  readonly cores: number;
  /** Bytes this process may use. */
  readonly memory: number;
  /** Where the engine could run. */
  readonly devices: Machine;
  /** The exports of a package; throws if it does not load. */
  load(name: string): unknown;
  /** Standard output of a program, or null if it is missing or failed. */
  run(program: string, args: readonly string[]): string | null;
}

/** One line of the report. */
export interface Finding {
  readonly what: string;
  readonly detail: string;
  /** What to do; absent when all is well. */
  readonly remedy?: string;
  /** Nothing that anyone needs: its remedy is an offer. */
  readonly optional?: boolean;
}

const DATA_FILES = [
  ...["aldp", "tetra", "hexa"].flatMap((system) =>
    ["system.xml", "topology.pdb", "coordinates.json", "minimum.npy"].map((file) => `${system}/${file}`),
  ),
  "gmm/means.npy",
  "gmm/scales.npy",
];
const GIB = 2 ** 30;

/** Prints every finding; status 1 if one is a problem. */
export function doctorCommand(args: readonly string[], streams: Streams): number {
  parseCommand("doctor", args, { positionals: [], options: [] });
  const findings = diagnose(surroundings());
  for (const { what, detail, remedy, optional } of findings) {
    const state = remedy === undefined ? "ok" : optional ? "no" : "problem";
    streams.out(`${state.padEnd(8)} ${what.padEnd(17)} ${detail}`);
    if (remedy !== undefined) streams.out(`${" ".repeat(27)}-> ${remedy}`);
  }
  return findings.some(({ remedy, optional }) => remedy !== undefined && !optional) ? 1 : 0;
}

/** Every check, in the order in which a problem would show. */
export function diagnose(here: Surroundings): Finding[] {
  return [
    checkNode(here),
    checkMachine(here),
    checkOnnx(here),
    ...checkDevices(here.devices, here.cores),
    checkData(here),
    ...checkNotebook(here),
  ];
}

function checkNode({ nodeVersion }: Surroundings): Finding {
  const recent = Number(/^v?(\d+)/.exec(nodeVersion)?.[1]) >= 20;
  return finding("Node.js", nodeVersion, recent, "install Node.js 20 or newer");
}

function checkMachine({ platform, littleEndian, cores, memory }: Surroundings): Finding {
  const detail = `${platform}, ${cores} ${cores === 1 ? "core" : "cores"}, ${(memory / GIB).toFixed(1)} GiB of memory`;
  if (!littleEndian)
    return finding(
      "machine",
      `${detail}, big-endian`,
      false,
      "use a little-endian machine: data files are read as they are",
    );
  return finding(
    "machine",
    detail,
    memory >= 3 * GIB,
    "the quickstart needs up to 3 GiB: close programs or use a larger machine",
  );
}

function checkOnnx({ load }: Surroundings): Finding {
  const remedy =
    "run npm ci again; ONNX Runtime has libraries for Linux and Windows on x64 and arm64, and for macOS on arm64";
  try {
    load("onnxruntime-node");
    const { version } = load("onnxruntime-node/package.json") as { version: string };
    return finding("ONNX Runtime", `onnxruntime-node ${version} loads`, true, remedy);
  } catch (error) {
    return finding("ONNX Runtime", `onnxruntime-node does not load (${firstLine(error)})`, false, remedy);
  }
}

function checkData({ root }: Surroundings): Finding {
  const missing = DATA_FILES.filter((file) => !existsSync(path.join(root, "data", file)));
  const detail =
    missing.length === 0 ? `${DATA_FILES.length} files in data/` : `missing from data/: ${missing.join(", ")}`;
  return finding(
    "data",
    detail,
    missing.length === 0,
    "restore them with git checkout -- data, or install the package again",
  );
}

function checkNotebook({ root, load, run }: Surroundings): Finding[] {
  const python = run("python3", ["-c", "import sys, venv, ensurepip; print(*sys.version_info[:3], sep='.')"])?.trim();
  const [major = 0, minor = 0] = (python ?? "").split(".").map(Number);
  const recent = major > 3 || (major === 3 && minor >= 11);
  const jupyter = ["bin/jupyter", "Scripts/jupyter.exe"].find((file) => existsSync(path.join(root, ".venv", file)));
  const kernel = existsSync(path.join(root, ".jupyter/kernels/tslab/kernel.json"));
  let tslab: string | null = null;
  try {
    tslab = (load("tslab/package.json") as { version: string }).version;
  } catch {
    // Said below.
  }
  return [
    finding("tslab", tslab ?? "not installed", tslab !== null, "run npm ci"),
    finding(
      "Python",
      python ? `python3 ${python} with venv` : "no python3 with venv",
      recent,
      "install Python 3.11 or newer with venv (Debian: apt install python3 python3-venv)",
    ),
    finding(
      "JupyterLab",
      jupyter ? `.venv/${jupyter}` : "no .venv with JupyterLab",
      jupyter !== undefined,
      "run npm start, which makes it",
    ),
    finding(
      "kernel",
      kernel ? ".jupyter/kernels/tslab" : "no .jupyter/kernels/tslab/kernel.json",
      kernel,
      "restore it with git checkout -- .jupyter",
    ),
  ];
}

function finding(what: string, detail: string, good: boolean, remedy: string): Finding {
  return good ? { what, detail } : { what, detail, remedy };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0]!;
}

function surroundings(): Surroundings {
  // Inside a container the limit counts, not the machine's memory; without one Node reports 0 or an absurd number.
  const limit = process.constrainedMemory();
  return {
    root: projectRoot(),
    nodeVersion: process.version,
    platform: `${process.platform} ${process.arch}`,
    littleEndian: os.endianness() === "LE",
    cores: os.availableParallelism(),
    devices: thisMachine,
    memory: limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem(),
    load: (name) => require(name) as unknown,
    run: (program, args) => {
      const { status, stdout } = spawnSync(program, args, { encoding: "utf8", timeout: 20000 });
      return status === 0 ? stdout : null;
    },
  };
}
