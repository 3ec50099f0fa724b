/** Plain data with typed arrays in one safetensors file: arrays as tensors, the rest as JSON. What is read back continues bit for bit. */
import { createHash } from "node:crypto";
import { bytesOf } from "./atomic";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors";

/** How arrays and the numbers that JSON does not know stand in the JSON. */
const TENSOR = "$tensor";
const NUMBER = "$number";

const FORMAT = "tabg checkpoint";
const VERSION = "1";

type Tensors = Readonly<Record<string, Tensor>>;

/** Of the text and of every array with its name. A file can have the right length and other content: a disk that lies, a copy cut short. */
function checksum(text: string, tensors: Tensors): string {
  const hash = createHash("sha256").update(text);
  for (const name of Object.keys(tensors).sort()) {
    const { data } = tensors[name]!;
    hash.update(`${name} ${data.BYTES_PER_ELEMENT} ${data.length}`).update(bytesOf(data));
  }
  return hash.digest("hex");
}

/** Writes `state` whole or not at all, making the folder if need be. */
export function writeCheckpoint(file: string, state: unknown): void {
  const tensors: Record<string, Tensor> = {};
  const strip = (value: unknown, at: string): unknown => {
    if (value instanceof Float64Array || value instanceof Float32Array) {
      tensors[at] = { shape: [value.length], data: value };
      return { [TENSOR]: at };
    }
    if (ArrayBuffer.isView(value)) {
      throw new RangeError(`writeCheckpoint: invalid array at ${at} (got ${value.constructor.name}), expected floats`);
    }
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
      return { [NUMBER]: Object.is(value, -0) ? "-0" : String(value) };
    }
    if (Array.isArray(value)) return value.map((inner, k) => strip(inner, `${at}.${k}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strip(inner, `${at}.${key}`)]));
  };
  const text = JSON.stringify(strip(state, "state"));
  const metadata = { format: FORMAT, version: VERSION, checksum: checksum(text, tensors), state: text };
  writeSafetensors(file, { tensors, metadata });
}

/**
 * What `writeCheckpoint` was given.
 * @throws Error naming the file and the reason: torn, truncated, changed, of another version, or no checkpoint at all.
 */
export function readCheckpoint(file: string): unknown {
  const { tensors, metadata } = readSafetensors(file);
  const { format, version, checksum: stored, state } = metadata;
  if (format !== FORMAT || state === undefined) {
    throw new Error(
      `readCheckpoint: invalid file ${file} (got format ${String(format)}), expected one that writeCheckpoint wrote`,
    );
  }
  if (version !== VERSION) {
    throw new Error(
      `readCheckpoint: unknown version of ${file} (got ${String(version)}), expected ${VERSION}; ` +
        "go on with the version of tabg that wrote it, or start the run again",
    );
  }
  if (checksum(state, tensors) !== stored) {
    throw new Error(
      `readCheckpoint: mismatched checksum of ${file} (got ${String(stored)} in its header), expected that of its ` +
        "content: the file was damaged after it was written; use an earlier one",
    );
  }
  return JSON.parse(state, (_, value: unknown) => {
    const { [TENSOR]: name, [NUMBER]: number } = (value ?? {}) as Record<string, unknown>;
    if (typeof number === "string") return Number(number);
    return typeof name === "string" ? tensors[name]!.data : value;
  }) as unknown;
}
