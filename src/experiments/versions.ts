/** What decides the numbers of a run beside its settings: versions of this package, of Node and of the engine's libraries. */
import { availableParallelism, cpus } from "node:os";
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../io/paths";

const versionOf = (packageFile: string): string =>
  (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version;

/** By name; the processor too, for wall times mean nothing without it. */
export function versions(): Record<string, string> {
  return {
    tabg: versionOf(path.join(projectRoot(), "package.json")),
    node: process.version,
    "onnxruntime-node": versionOf(require.resolve("onnxruntime-node/package.json")),
    "@tensorflow/tfjs": versionOf(require.resolve("@tensorflow/tfjs/package.json")),
    processor: `${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} threads`,
  };
}
