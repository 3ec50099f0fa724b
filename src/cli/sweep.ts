/** `npm run sweep [-- OPTIONS OF SNAKEMAKE]`: the grid of workflow/config.yaml, here on all cores unless told (see workflow/README.md). */
import { spawn } from "node:child_process";
import path from "node:path";
import { projectRoot } from "../io/paths";
import { preparePython } from "./python";

async function sweep(args: readonly string[]): Promise<number> {
  const python = await preparePython({ name: "Snakemake", folder: "workflow", say: (line) => console.log(line) });
  // With an executor the number of cores is a bound on those of the cluster.
  const here = args.some((arg) => /^(-e|--executor)/.test(arg)) ? [] : ["--cores", "all"];
  const child = spawn(python, ["-m", "snakemake", ...here, ...args], {
    cwd: projectRoot(),
    // The runs are started as `node`: the one that runs this.
    env: { ...process.env, PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter) },
    stdio: "inherit",
  });
  // Ctrl-C reaches Snakemake and the runs too, which end in order; this process waits for them.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

sweep(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
