/** Machines that are not there, for the checks of devices. */
import type { Machine } from "../../src/engine/devices";

/** A machine with everything, whose cards are faster than its processor. */
export const EVERYTHING: Machine = {
  platform: "linux x64",
  libraries: "/lib/onnxruntime",
  exists: () => true,
  probe: (provider) => ({ works: true, milliseconds: provider === "cuda" ? 1 : 2, cpuMilliseconds: 20 }),
  tensorflow: () => ({ label: "TensorFlow 2 (GPU)", package: "@tensorflow/tfjs-node-gpu" }),
};

/** A machine with a processor alone. */
export const NOTHING: Machine = {
  ...EVERYTHING,
  exists: () => false,
  probe: () => ({ works: false, error: "no", missing: [] }),
  tensorflow: () => {
    throw new Error("no @tensorflow/tfjs-node-gpu, no @tensorflow/tfjs-node");
  },
};
