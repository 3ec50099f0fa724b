/** Plain data with typed arrays in one safetensors file: arrays as tensors, the rest as JSON. What is read back continues bit for bit. */
import { readSafetensors, type Tensor, writeSafetensors } from "../io/safetensors";

const MARK = "$tensor";

/** Writes `state` whole or not at all. Numbers outside arrays must be finite: JSON has no others. */
export function writeCheckpoint(file: string, state: unknown): void {
  const tensors: Record<string, Tensor> = {};
  const strip = (value: unknown, at: string): unknown => {
    if (value instanceof Float64Array || value instanceof Float32Array) {
      tensors[at] = { shape: [value.length], data: value };
      return { [MARK]: at };
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new RangeError(`writeCheckpoint: invalid number at ${at} (got ${value}), expected a finite one`);
    }
    if (Array.isArray(value)) return value.map((inner, k) => strip(inner, `${at}.${k}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strip(inner, `${at}.${key}`)]));
  };
  const text = JSON.stringify(strip(state, "state"));
  writeSafetensors(file, { tensors, metadata: { state: text } });
}

/** What `writeCheckpoint` was given. @throws Error naming the file unless it is such a file. */
export function readCheckpoint(file: string): unknown {
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.state === undefined) {
    throw new Error(`readCheckpoint: invalid file ${file} (got no state), expected one that writeCheckpoint wrote`);
  }
  return JSON.parse(metadata.state, (_, value: unknown) => {
    const name = (value as Record<string, unknown> | null)?.[MARK];
    if (typeof name !== "string") return value;
    const tensor = tensors[name];
    if (tensor === undefined)
      throw new Error(`readCheckpoint: missing tensor ${name} in ${file}; the file is not whole`);
    return tensor.data;
  }) as unknown;
}
