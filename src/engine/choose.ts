/** Makes the engine for a device: ONNX Runtime on the CPU by default; what is asked for and absent is an error with its remedy. */
import { type Device, DEVICES, fastestDevice, type Lack, lackOf, type Machine, thisMachine } from "./devices";
import { createEagerEngine } from "./eager";
import type { Engine, EngineOptions } from "./engine";
import { createOnnxEngine } from "./onnx";

/** The error that a lack stands for. */
export function missingDevice({ missing, got, expected, remedy }: Lack): Error {
  return new Error(`engine: missing ${missing} (${got}), expected ${expected}; ${remedy}`);
}

/**
 * An engine for a device. Default: "cpu", for then equal seeds and threads give equal results everywhere; "auto" depends on the machine.
 * @throws RangeError for an unknown name; Error with the remedy for a device that this machine lacks.
 */
export function createEngine(
  { device = "cpu", ...options }: EngineOptions & { readonly device?: Device },
  machine: Machine = thisMachine,
): Engine {
  const provider = device === "auto" ? fastestDevice(machine) : device;
  switch (provider) {
    case "cpu":
      return createOnnxEngine(options);
    case "webgpu":
    case "cuda":
    case "tensorflow": {
      const lack = lackOf(provider, machine);
      if (lack !== null) throw missingDevice(lack);
      if (provider !== "tensorflow") return createOnnxEngine({ ...options, provider });
      return createEagerEngine(options, { backendName: "tensorflow", label: machine.tensorflow().label });
    }
    default:
      throw new RangeError(
        `engine: unknown device (got ${String(provider satisfies never)}), expected one of ${DEVICES.join(", ")}`,
      );
  }
}
