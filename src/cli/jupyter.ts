/** The project's own Jupyter: a virtual environment in `.venv`, the tslab kernel in `.jupyter/kernels`, all state in `.jupyter/state`. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../io/paths";

/** How to run Jupyter's programs: `python -m <module>` with this environment. */
export interface Jupyter {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Settings of JupyterLab for everyone who uses this environment: no question about news, no look for updates. */
const LAB_SETTINGS = {
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

const REMEDY =
  "on Debian or Ubuntu: apt install python3 python3-venv (elsewhere: install Python 3.11, or name it in the variable PYTHON)";

/**
 * The environment, made on the first call and renewed when `notebooks/requirements.txt` has changed.
 * @throws Error if Python or its venv module is missing, or pip fails.
 */
export async function prepareJupyter(say: (line: string) => void): Promise<Jupyter> {
  const root = projectRoot();
  const venv = path.join(root, ".venv");
  const python = path.join(venv, "bin", "python");
  const requirements = path.join(root, "notebooks", "requirements.txt");
  const stamp = path.join(venv, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  // A link to a Python that has gone, as after moving the folder or upgrading the system, does not run.
  const works = spawnSync(python, ["-c", ""]).status === 0;
  if (!works || !existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    if (!works) await createEnvironment(venv, say);
    say("Installing JupyterLab into .venv (about a minute, once) ...");
    await pipInstall(python, requirements);
    const settings = path.join(venv, "share", "jupyter", "lab", "settings");
    mkdirSync(settings, { recursive: true });
    writeFileSync(path.join(settings, "overrides.json"), JSON.stringify(LAB_SETTINGS, null, 2));
    writeFileSync(stamp, wanted);
  }
  return { python, env: environment(root) };
}

async function createEnvironment(venv: string, say: (line: string) => void): Promise<void> {
  const python = process.env.PYTHON ?? "python3";
  const probe = spawnSync(python, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))"]);
  if (probe.error)
    throw new Error(`jupyter: missing Python (got no program ${python}), expected Python 3.11; ${REMEDY}`);
  if (probe.status !== 0) {
    const found = spawnSync(python, ["--version"], { encoding: "utf8" }).stdout.trim();
    throw new Error(
      `jupyter: invalid Python (got ${found} without venv or ensurepip, or too old), expected Python 3.10 or newer with venv; ${REMEDY}`,
    );
  }
  say("Making a Python environment in .venv ...");
  await runQuietly("python -m venv", python, ["-m", "venv", "--clear", venv]);
}

async function pipInstall(python: string, requirements: string): Promise<void> {
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  await runQuietly("pip install", python, ["-m", "pip", "install", ...quiet, "-r", requirements]);
}

/** The paths by which Jupyter finds our kernel before any other, and leaves the user's own settings alone. */
function environment(root: string): NodeJS.ProcessEnv {
  const state = (name: string): string => path.join(root, ".jupyter", "state", name);
  return {
    ...process.env,
    // The kernel is started as `node`: the one that runs this.
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    JUPYTER_PATH: path.join(root, ".jupyter"),
    JUPYTER_CONFIG_DIR: state("config"),
    JUPYTER_DATA_DIR: state("data"),
    JUPYTER_RUNTIME_DIR: state("runtime"),
    JUPYTERLAB_SETTINGS_DIR: state("settings"),
    JUPYTERLAB_WORKSPACES_DIR: state("workspaces"),
    IPYTHONDIR: state("ipython"),
  };
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
