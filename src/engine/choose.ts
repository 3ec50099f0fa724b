/** Which engine runs: ONNX Runtime by default, TensorFlow by name when it is installed; whoever asks is told. */
import { createEagerEngine } from "./eager";
import type { Engine, EngineOptions } from "./engine";
import { createOnnxEngine } from "./onnx";

/** "onnx" is the default; "tensorflow" takes @tensorflow/tfjs-node-gpu or tfjs-node, whichever is installed. */
export const ENGINES = ["onnx", "tensorflow"] as const;
export type EngineName = (typeof ENGINES)[number];

function loadTensorFlow(): string {
  const causes: unknown[] = [];
  for (const name of ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"]) {
    try {
      const { version } = require(name) as { version: Record<string, string> };
      // The full TensorFlow.js also answers to the second name where another package aliases it; it has no native binding.
      if (version["tfjs-node"]) return `${name} ${version["tfjs-node"]}`;
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new Error(
    'engine: missing TensorFlow; run "npm install @tensorflow/tfjs-node-gpu@4.22.0" (or tfjs-node), or use the engine "onnx"',
    {
      cause: causes[0],
    },
  );
}

/** @throws RangeError for an unknown name; Error with the remedy when TensorFlow is asked for but absent. */
export function createEngine(options: EngineOptions & { readonly engine?: EngineName }): Engine {
  const { engine = "onnx" } = options;
  switch (engine) {
    case "onnx":
      return createOnnxEngine(options);
    case "tensorflow":
      return createEagerEngine(options, { backendName: "tensorflow", label: loadTensorFlow() });
    default:
      throw new RangeError(
        `engine: unknown name (got ${String(engine satisfies never)}), expected one of ${ENGINES.join(", ")}`,
      );
  }
}
