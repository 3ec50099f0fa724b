/** `tabg engine-tensorflow`: installs TensorFlow for the device "tensorflow" into `.tensorflow`, and checks that it computes. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tensorFlowFolder, type TensorFlowPackage } from "../engine/tensorflow";
import { runQuietly } from "./python";
import { buildFromWheel } from "./tensorflow-wheel";
import { parseCommand, type Streams } from "./usage";

const VERSION = "4.22.0";
/** Node's own headers for addons, so that building needs no download from nodejs.org. */
const HEADERS = "node-api-headers@1.8.0";

/** Installs, or says that all is there. Status 1 and an error if TensorFlow does not compute in the end. */
export async function engineTensorFlowCommand(args: readonly string[], { out, note }: Streams): Promise<number> {
  const { flags } = parseCommand("engine-tensorflow", args, { positionals: [], options: [], flags: ["cpu", "wheel"] });
  const name: TensorFlowPackage = flags.includes("cpu") ? "@tensorflow/tfjs-node" : "@tensorflow/tfjs-node-gpu";
  const folder = tensorFlowFolder();
  const target = path.join(folder, "node_modules", name);
  const hasBinding = (): boolean => existsSync(path.join(target, "lib"));

  if (!hasBinding()) {
    note(`Installing ${name} ${VERSION} into ${folder} ...`);
    await installPackage(folder, name);
    if (!flags.includes("wheel")) {
      note(
        "Asking for its prebuilt library (TensorFlow 2.9, hundreds of MB; for GPUs it wants CUDA 11.2 and cuDNN 8.1) ...",
      );
      fetchPrebuilt(folder, target);
    }
    if (!hasBinding()) {
      note(
        flags.includes("wheel") ? "Building from a wheel:" : "That could not be had. Building from a wheel instead:",
      );
      await buildFromWheel({
        target,
        headers: path.join(folder, "node_modules", "node-api-headers", "include"),
        gpu: !flags.includes("cpu"),
        note,
      });
    }
  }
  out(`${checkInstalled()} computes: use the device "tensorflow"`);
  return 0;
}

async function installPackage(folder: string, name: TensorFlowPackage): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "package.json"),
    JSON.stringify({ private: true, description: "npm run engine:tensorflow" }),
  );
  const options = [
    "--ignore-scripts",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--prefix",
    folder,
  ];
  await runQuietly("npm install", "npm", ["install", ...options, `${name}@${VERSION}`, HEADERS], {
    env: process.env,
    cwd: folder,
  });
  // TensorFlow.js itself must be the package's own copy, found in the folder above, or there would be two.
  const scope = path.join(folder, "node_modules", "@tensorflow");
  for (const other of readdirSync(scope))
    if (!other.startsWith("tfjs-node")) rmSync(path.join(scope, other), { recursive: true });
}

/** The package's own way. Leaves no `lib` behind if it fails, whatever it says. */
function fetchPrebuilt(folder: string, target: string): void {
  const library = target.endsWith("gpu") ? "gpu" : "cpu";
  const bin = path.join(folder, "node_modules", ".bin");
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}` };
  const options = { cwd: target, env, timeout: 30 * 60_000, stdio: "ignore" } as const;
  const { status } = spawnSync(process.execPath, ["scripts/install.js", library, "download"], options);
  if (status !== 0) rmSync(path.join(target, "lib"), { recursive: true, force: true });
}

/** In a process of its own: a library that does not fit may end it. */
function checkInstalled(): string {
  const script = path.join(__dirname, "..", "engine", "tensorflow.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status === 0) return stdout.trim().split("\n").at(-1)!;
  const last = stderr.trim().split("\n").at(-1);
  throw new Error(
    `engine-tensorflow: invalid installation (got ${last || "a process that died"}), expected a product and its gradient; ` +
      `delete ${tensorFlowFolder()} and try again, with --wheel if the prebuilt library does not suit this machine`,
  );
}
