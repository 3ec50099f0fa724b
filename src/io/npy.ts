/** NumPy's .npy files, format versions 1 and 2, C order, little-endian (NEP 1, `numpy.lib.format`). */
import { closeSync, fstatSync, openSync } from "node:fs";
import { bytesOf, writeFilesAtomically } from "./atomic";
import { fillFromFile } from "./fill";

/** The element types that are read and written; 64-bit integers come back as `Int32Array` if they fit. */
export type NpyData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array in C order; `shape` is `[]` for a scalar. */
export interface NpyArray {
  readonly shape: number[];
  readonly data: NpyData;
}

const MAGIC = "\x93NUMPY";

/**
 * Reads an array of f4, f8, i4, i8 or u1.
 * @throws Error naming the file if it is missing, truncated, in Fortran order, big-endian or of another element type.
 */
export function readNpy(file: string): NpyArray {
  const descriptor = openForReading(file);
  try {
    const { descr, shape, start } = readHeader(file, descriptor);
    const { bytes, allocate } = typeOf(file, descr);
    const count = shape.reduce((product, n) => product * n, 1);
    const expected = start + count * bytes;
    const size = fstatSync(descriptor).size;
    // Before anything is allocated: a damaged shape asks for any amount of memory.
    if (size !== expected) {
      throw new Error(
        `readNpy ${file}: ${size < expected ? "truncated" : "invalid"} data (got ${size} bytes), expected ` +
          `${expected} for shape [${shape.join(", ")}] of ${descr}; write the file again`,
      );
    }
    const data = allocate(count);
    fillFromFile(`readNpy ${file}`, descriptor, bytesOf(data), start);
    return { shape, data: data instanceof BigInt64Array ? narrow(file, data) : data };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads an array as doubles, whatever its element type.
 * @param shape what the file must hold; null stands for any length of that axis.
 */
export function readNpyFloat64(
  file: string,
  shape?: readonly (number | null)[],
): { readonly shape: number[]; readonly data: Float64Array } {
  const array = readNpy(file);
  const agrees = (expected: number | null, i: number): boolean => expected === null || expected === array.shape[i];
  if (shape !== undefined && !(shape.length === array.shape.length && shape.every(agrees))) {
    const rule = shape.map((n) => n ?? "any").join(", ");
    throw new Error(`readNpy ${file}: mismatched shape (got [${array.shape.join(", ")}]), expected [${rule}]`);
  }
  return {
    shape: array.shape,
    data: array.data instanceof Float64Array ? array.data : Float64Array.from(array.data),
  };
}

/** Writes an array whole or not at all (see `writeFilesAtomically`). */
export function writeNpy(file: string, data: NpyData, shape: readonly number[]): void {
  writeFilesAtomically([{ file, chunks: encodeNpy(data, shape) }]);
}

/** The bytes of an .npy file, for writing several files together. */
export function encodeNpy(data: NpyData, shape: readonly number[]): Uint8Array[] {
  const count = shape.reduce((product, n) => product * n, 1);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0) || count !== data.length) {
    throw new RangeError(`encodeNpy: mismatched shape (got [${shape.join(", ")}]), expected ${data.length} elements`);
  }
  const dict = `{'descr': '${descrOf(data)}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padding = 63 - ((10 + dict.length) % 64); // numpy starts the data at a multiple of 64 bytes
  const text = dict + " ".repeat(padding) + "\n";
  const head = Buffer.alloc(10 + text.length);
  head.write(MAGIC, 0, "latin1");
  head[6] = 1;
  head.writeUInt16LE(text.length, 8);
  head.write(text, 10, "latin1");
  return [head, bytesOf(data)];
}

function descrOf(data: NpyData): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  return data instanceof Int32Array ? "<i4" : "|u1";
}

function openForReading(file: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new Error(`readNpy: ${code === "ENOENT" ? "missing" : "unreadable"} file ${file} (${code ?? cause})`, {
      cause,
    });
  }
}

function readHeader(file: string, descriptor: number): { descr: string; shape: number[]; start: number } {
  const fixed = new Uint8Array(10);
  fillFromFile(`readNpy ${file}`, descriptor, fixed, 0);
  if (Buffer.from(fixed.subarray(0, 6)).toString("latin1") !== MAGIC) {
    throw new Error(`readNpy ${file}: invalid file (no NUMPY signature), expected one written by numpy.save`);
  }
  const version = fixed[6]!;
  if (version !== 1 && version !== 2) {
    throw new Error(`readNpy ${file}: unknown format version (got ${version}), expected 1 or 2`);
  }
  const lengthBytes = version === 1 ? 2 : 4;
  const length = new Uint8Array(4);
  fillFromFile(`readNpy ${file}`, descriptor, length.subarray(0, lengthBytes), 8);
  const start = 8 + lengthBytes + Buffer.from(length).readUInt32LE(0);
  if (start > fstatSync(descriptor).size) throw new Error(`readNpy ${file}: truncated header; write the file again`);
  const text = new Uint8Array(start - 8 - lengthBytes);
  fillFromFile(`readNpy ${file}`, descriptor, text, 8 + lengthBytes);
  return { ...parseHeader(file, Buffer.from(text).toString("latin1")), start };
}

function parseHeader(file: string, header: string): { descr: string; shape: number[] } {
  const descr = /'descr'\s*:\s*('[^']*'|\[.*?\]\s*,)/s.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const axes = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || axes === undefined) {
    throw new Error(
      `readNpy ${file}: invalid header (got ${header.trim().slice(0, 200)}), expected descr, fortran_order and shape`,
    );
  }
  const shape = axes.split(",").flatMap((axis) => (axis.trim() === "" ? [] : [Number(axis)]));
  if (!shape.every(Number.isSafeInteger)) {
    throw new Error(`readNpy ${file}: invalid shape (got (${axes.trim()})), expected integers; write the file again`);
  }
  // The order of a vector or scalar is the same either way, and numpy says False for those.
  if (order === "True" && shape.length > 1) {
    throw new Error(
      `readNpy ${file}: invalid memory order (got Fortran), expected C; save numpy.ascontiguousarray(array)`,
    );
  }
  return { descr: descr.replaceAll("'", ""), shape };
}

interface ElementType {
  readonly bytes: number;
  readonly allocate: (count: number) => NpyData | BigInt64Array;
}

const TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["<f4", { bytes: 4, allocate: (count) => new Float32Array(count) }],
  ["<f8", { bytes: 8, allocate: (count) => new Float64Array(count) }],
  ["<i4", { bytes: 4, allocate: (count) => new Int32Array(count) }],
  ["<i8", { bytes: 8, allocate: (count) => new BigInt64Array(count) }],
  ["|u1", { bytes: 1, allocate: (count) => new Uint8Array(count) }],
]);

function typeOf(file: string, descr: string): ElementType {
  const type = TYPES.get(descr);
  if (type !== undefined) return type;
  throw new Error(
    `readNpy ${file}: unknown element type (got ${descr.slice(0, 80)}), expected one of ${[...TYPES.keys()].join(", ")}; ` +
      'save array.astype("<f8")',
  );
}

/** 64-bit integers as 32-bit ones. @throws Error if one does not fit. */
function narrow(file: string, wide: BigInt64Array): Int32Array {
  const data = new Int32Array(wide.length);
  wide.forEach((value, i) => {
    data[i] = Number(value);
    if (BigInt(data[i]!) !== value) {
      throw new Error(`readNpy ${file}: invalid element ${i} (got ${value}), expected a 32-bit integer; save as f8`);
    }
  });
  return data;
}
