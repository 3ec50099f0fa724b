/** Where the package's own files lie, from any build folder. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of this package's package.json, searched upwards from the running file. */
export function projectRoot(): string {
  for (let dir = __dirname; ; dir = path.dirname(dir)) {
    const file = path.join(dir, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "tabg") return dir;
    if (path.dirname(dir) === dir) {
      // Compiled elsewhere (tests, benchmarks): the working directory is the checkout.
      if (existsSync(path.join(process.cwd(), "data"))) return process.cwd();
      throw new Error(
        `projectRoot: missing package.json of tabg above ${__dirname}; run from a checkout or an installed package`,
      );
    }
  }
}

/** A path below the shipped `data/` folder. */
export function dataPath(...parts: string[]): string {
  return path.join(projectRoot(), "data", ...parts);
}
