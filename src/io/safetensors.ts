/** Named tensors in one file: the safetensors format (huggingface/safetensors, "Format"), f32 and f64, written atomically. */
import { closeSync, fstatSync, mkdirSync, openSync, statSync } from "node:fs";
import path from "node:path";
import { bytesOf, writeFilesAtomically } from "./atomic";
import { fillFromFile } from "./fill";

/** An array in C order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** What a file holds: tensors by name, and free text by name. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One tensor's entry in the header; offsets count from the end of the header. */
interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const METADATA = "__metadata__"; // the format's reserved name
const LARGEST_HEADER = 100e6; // the format's own limit, bytes

/** Writes tensors and metadata whole or not at all, making the folder if need be: a checkpoint must not be lost for want of one. */
export function writeSafetensors(file: string, { tensors, metadata }: TensorFile): void {
  // Doubles first: every tensor then starts at a multiple of its element size, and can be read without copying.
  const entries = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: [string, Entry | Record<string, string>][] = [[METADATA, { ...metadata }]];
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    const expected = shape.reduce((product, n) => product * n, 1);
    if (name === METADATA || expected !== data.length) {
      throw new RangeError(
        `writeSafetensors ${file}: invalid tensor ${name} (got ${data.length} elements), expected ${expected} for shape ` +
          `[${shape.join(", ")}] and a name other than ${METADATA}`,
      );
    }
    const start = end;
    end += data.byteLength;
    header.push([name, { dtype: data instanceof Float64Array ? "F64" : "F32", shape, data_offsets: [start, end] }]);
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)), "utf8");
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " "); // spaces pad the header, as the format asks
  head.writeBigUInt64LE(BigInt(head.length - 8), 0);
  json.copy(head, 8);
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFilesAtomically([{ file, chunks: [head, ...entries.map(([, { data }]) => bytesOf(data))] }]);
}

/** @throws Error naming the file, and the tensor where one is at fault, unless the whole file is as the format says. */
export function readSafetensors(file: string): TensorFile {
  const descriptor = openFile(file);
  try {
    const { size } = fstatSync(descriptor);
    const length = size < 8 ? NaN : Number(Buffer.from(readRange(file, descriptor, 0, 8)).readBigUInt64LE(0));
    if (!(length <= LARGEST_HEADER && 8 + length <= size)) {
      throw new Error(
        `readSafetensors ${file}: truncated or invalid header (got ${size} bytes, header of ${length}); ` +
          "write the file again",
      );
    }
    const text = Buffer.from(readRange(file, descriptor, 8, length)).toString("utf8");
    const { [METADATA]: metadata = {}, ...entries } = parseHeader(file, text);
    requireTexts(file, metadata);
    const data = { descriptor, start: 8 + length, length: size - 8 - length };
    const tensors = Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => [name, readTensor(file, name, entry, data)]),
    );
    requireFullCover(file, Object.entries(entries) as [string, Entry][], data.length);
    return { tensors, metadata };
  } finally {
    closeSync(descriptor);
  }
}

function requireTexts(file: string, metadata: unknown): asserts metadata is Record<string, string> {
  const isTexts = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string");
  if (isTexts(metadata)) return;
  throw new Error(
    `readSafetensors ${file}: invalid ${METADATA} (got ${JSON.stringify(metadata).slice(0, 80)}), expected texts by name`,
  );
}

function openFile(file: string): number {
  try {
    if (statSync(file).isFile()) return openSync(file, "r");
  } catch (cause) {
    throw new Error(`readSafetensors: missing or unreadable file ${file} (${(cause as Error).message})`, { cause });
  }
  throw new Error(`readSafetensors: invalid file ${file} (got a folder or a device), expected a regular file`);
}

/** What follows the header. */
interface Data {
  readonly descriptor: number;
  readonly start: number;
  readonly length: number;
}

/** As doubles or floats want it: memory of its own, aligned. */
function readRange(file: string, descriptor: number, position: number, length: number): ArrayBuffer {
  const own = new ArrayBuffer(length);
  fillFromFile(`readSafetensors ${file}`, descriptor, new Uint8Array(own), position);
  return own;
}

function parseHeader(file: string, text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new Error(`readSafetensors ${file}: invalid header, not JSON (${(cause as Error).message})`, { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new Error(`readSafetensors ${file}: invalid header (got ${text.slice(0, 40)}), expected an object`);
  }
  return header as Record<string, unknown>;
}

function readTensor(file: string, name: string, entry: unknown, data: Data): Tensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const place = `readSafetensors ${file}, tensor ${name}`;
  if (dtype !== "F32" && dtype !== "F64") {
    throw new Error(`${place}: unknown element type (got ${String(dtype)}), expected F32 or F64`);
  }
  const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize) || !Array.isArray(offsets) || !offsets.every(isSize)) {
    throw new Error(`${place}: invalid entry (got ${JSON.stringify(entry)}), expected a shape and two data_offsets`);
  }
  const [start, end] = offsets;
  const count = shape.reduce((product, n) => product * n, 1);
  const expected = count * (dtype === "F64" ? 8 : 4);
  if (start === undefined || end === undefined || end - start !== expected || end > data.length) {
    throw new Error(
      `${place}: truncated or mismatched data (got offsets [${offsets.join(", ")}] of ${data.length} bytes), ` +
        `expected ${expected} bytes for shape [${shape.join(", ")}]`,
    );
  }
  const own = readRange(file, data.descriptor, data.start + start, expected);
  return { shape, data: dtype === "F64" ? new Float64Array(own) : new Float32Array(own) };
}

/** The format allows neither holes nor overlaps nor anything behind the last tensor. */
function requireFullCover(file: string, entries: [string, Entry][], length: number): void {
  let at = 0;
  for (const [name, { data_offsets }] of entries.sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    if (data_offsets[0] !== at) {
      throw new Error(
        `readSafetensors ${file}: invalid layout at tensor ${name} (got offset ${data_offsets[0]}), expected ${at}`,
      );
    }
    at = data_offsets[1];
  }
  if (at !== length) {
    throw new Error(`readSafetensors ${file}: invalid layout (got ${length} bytes of data), expected ${at}`);
  }
}
