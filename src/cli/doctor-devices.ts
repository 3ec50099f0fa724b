/** The lines of `tabg doctor` about where the engine can run. */
import { fastestDevice, lackOf, type Machine } from "../engine/devices";
import type { Finding } from "./doctor";

/** Each device, and which of them "auto" would take. */
export function checkDevices(devices: Machine, cores: number): Finding[] {
  const cpu = {
    what: "device cpu",
    detail: `ONNX Runtime on ${cores} ${cores === 1 ? "thread" : "threads"}, the default`,
  };
  const others = (["webgpu", "cuda", "tensorflow"] as const).map((device): Finding => {
    const what = `device ${device}`;
    const lack = lackOf(device, devices);
    if (lack !== null)
      return { what, detail: `missing ${lack.missing}: ${lack.got}`, remedy: lack.remedy, optional: true };
    if (device === "tensorflow") return { what, detail: devices.tensorflow().label };
    const probe = devices.probe(device);
    const speed = probe.works ? (probe.cpuMilliseconds / probe.milliseconds).toPrecision(2) : "?";
    return { what, detail: `works; a small chain of layers runs at ${speed} times the CPU's speed` };
  });
  return [cpu, ...others, { what: "device auto", detail: `takes ${fastestDevice(devices)} here` }];
}
