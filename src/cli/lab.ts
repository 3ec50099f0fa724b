/** `npm run lab [-- --port N ...]`: JupyterLab with the project's kernel alone, the quickstart opened; other options are JupyterLab's own. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../io/paths";
import { type Jupyter, prepareJupyter } from "./jupyter";
import { runQuietly } from "./python";

const FIRST_PORT = 8888;
const PORTS_TRIED = 50;

/** The first free port from `first` on. */
async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port++) if (await isFree(port)) return port;
  throw new Error(
    `lab: missing port (got none free of ${first} to ${first + PORTS_TRIED - 1}), expected one; choose another with --port`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The port asked for, and what is left for JupyterLab. */
function readArguments(args: readonly string[]): { port: number; others: string[] } {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: { port: { type: "string" } },
    strict: false,
    tokens: true,
  });
  const port = Number(values.port ?? FIRST_PORT);
  if (!Number.isInteger(port) || port <= 0 || port >= 65536) {
    throw new Error(`lab: invalid --port (got ${values.port}), expected an integer from 1 to 65535`);
  }
  const ours = tokens.flatMap((token) => {
    if (token.kind !== "option" || token.name !== "port") return [];
    return token.inlineValue ? [token.index] : [token.index, token.index + 1];
  });
  return { port, others: args.filter((_, i) => !ours.includes(i)) };
}

/** Whether there is a screen to open a browser on. */
function hasScreen(): boolean {
  if (process.platform !== "linux") return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** Signs our own notebooks as trusted: of others JupyterLab shows neither the styles nor the curves of stored outputs. */
async function trustNotebooks({ python, env }: Jupyter): Promise<void> {
  const folder = path.join(projectRoot(), "notebooks");
  const files = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  await runQuietly("jupyter trust", python, ["-m", "nbformat.sign", ...files], { env, cwd: folder });
}

async function lab(): Promise<number> {
  const { port: wanted, others } = readArguments(process.argv.slice(2));
  const jupyter = await prepareJupyter((line) => console.log(line));
  await trustNotebooks(jupyter);
  const port = await freePort(wanted);
  if (port !== wanted) console.log(`Port ${wanted} is busy, using ${port}.`);
  const args = [
    ...["-m", "jupyterlab", "--ip=127.0.0.1", `--port=${port}`, "--ServerApp.port_retries=0"],
    "--LabApp.default_url=/lab/tree/notebooks/00-quickstart.ipynb",
    "--MultiKernelManager.default_kernel_name=tslab",
    "--KernelSpecManager.ensure_native_kernel=False",
    "--KernelSpecManager.allowed_kernelspecs=tslab",
    "--Application.log_level=WARN",
    ...(hasScreen() ? [] : ["--no-browser"]),
    // Jupyter refuses to serve as root unless told that it is meant; containers often have no one else.
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
    ...others,
  ];
  console.log(`JupyterLab on port ${port}; stop it with Ctrl-C, twice. Open the address below, with its token:`);
  const child = spawn(jupyter.python, args, { cwd: projectRoot(), env: jupyter.env, stdio: "inherit" });
  // Ctrl-C reaches JupyterLab too, which asks or ends by itself; this process waits for it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

lab().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
