/** The project's own Python, a virtual environment in `.venv`: what several parts of the project need lies in it side by side. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../io/paths";

/** What is to be installed. */
export interface Requirements {
  /** For people. */
  readonly name: string;
  /** The folder with its `requirements.txt`. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

const REMEDY =
  "on Debian or Ubuntu: apt install python3 python3-venv (elsewhere: install Python 3.11, or name it in the variable PYTHON)";

/**
 * The environment's interpreter. The environment is made on the first call, and what the folder's `requirements.txt` names is installed when that has changed.
 * @throws Error if Python or its venv module is missing, or pip fails.
 */
export async function preparePython({ name, folder, say }: Requirements): Promise<string> {
  const root = projectRoot();
  const venv = path.join(root, ".venv");
  const python = path.join(venv, "bin", "python");
  const requirements = path.join(root, folder, "requirements.txt");
  const stamp = path.join(venv, `${folder}.sha256`);
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  // A link to a Python that has gone, as after moving the folder or upgrading the system, does not run.
  const works = spawnSync(python, ["-c", ""]).status === 0;
  if (!works || !existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    if (!works) await createEnvironment(venv, say);
    say(`Installing ${name} into .venv (about a minute, once) ...`);
    await pipInstall(python, requirements);
    writeFileSync(stamp, wanted);
  }
  return python;
}

async function createEnvironment(venv: string, say: (line: string) => void): Promise<void> {
  const python = process.env.PYTHON ?? "python3";
  const probe = spawnSync(python, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]);
  if (probe.error)
    throw new Error(`python: missing Python (got no program ${python}), expected Python 3.11; ${REMEDY}`);
  if (probe.status !== 0) {
    const found = spawnSync(python, ["--version"], { encoding: "utf8" }).stdout.trim();
    throw new Error(
      `python: invalid Python (got ${found} without venv or ensurepip, or too old), expected Python 3.10 or newer with venv; ${REMEDY}`,
    );
  }
  say("Making a Python environment in .venv ...");
  await runQuietly("python -m venv", python, ["-m", "venv", "--clear", venv]);
}

async function pipInstall(python: string, requirements: string): Promise<void> {
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  await runQuietly("pip install", python, ["-m", "pip", "install", ...quiet, "-r", requirements]);
}

/** Runs a program whose output matters only if it fails; resolves to its output. */
export function runQuietly(
  what: string,
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const text = Buffer.concat(output).toString("utf8");
      if (code === 0) resolve(text);
      else reject(new ProgramError(what, signal ?? `exit code ${code}`, text));
    });
  });
}

/** A program of the environment that failed, with all that it said. */
export class ProgramError extends Error {
  constructor(
    what: string,
    ending: string,
    readonly output: string,
  ) {
    super(
      `${what}: failed (got ${ending}), expected success; it said:\n${output.trim().split("\n").slice(-15).join("\n")}`,
    );
  }
}
