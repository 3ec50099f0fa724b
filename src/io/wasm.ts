/** Loads the WebAssembly modules that `npm run build` puts into dist/wasm. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./paths";

/** WebAssembly's memory; a shared one can be sent to other threads. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

// Node's types leave WebAssembly to the browser's, which would bring a browser's thousand globals along.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (size: {
      readonly initial: number;
      readonly maximum?: number;
      readonly shared?: boolean;
    }) => Memory;
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (
      module: object,
      imports: { readonly env: { readonly memory: Memory } },
    ) => { readonly exports: unknown };
  };
};

/** Bytes in one page of WebAssembly memory. */
const PAGE = 65536;
/** Start of a cache line, and of any vector. */
const LINE = 64;

/** A module's functions, and room for the caller's data behind whatever the module keeps itself. */
export interface WasmInstance<Functions> {
  readonly call: Functions;
  readonly buffer: ArrayBuffer;
  /** The first byte of the room. */
  readonly start: number;
}

function instantiate<Functions extends object>(name: string, memory: Memory): Functions & { heapBase(): number } {
  const file = path.join(projectRoot(), "dist", "wasm", `${name}.wasm`);
  return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), { env: { memory } })
    .exports as Functions & { heapBase(): number };
}

/** Instantiates module `name` with `bytes` of room, all zero. Every module exports `heapBase`, the end of its own data. */
export function loadWasm<Functions extends object>(name: string, bytes: number): WasmInstance<Functions> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const call = instantiate<Functions>(name, memory);
  const start = Math.ceil(call.heapBase() / LINE) * LINE;
  memory.grow(Math.ceil((start + bytes) / PAGE));
  return { call, buffer: memory.buffer, start };
}

/** Memory for threads to share, `bytes` of it behind a first page that modules may keep data in. */
export function createSharedMemory(bytes: number): { readonly memory: Memory; readonly start: number } {
  const initial = 1 + Math.ceil(bytes / PAGE);
  return { memory: new WebAssembly.Memory({ initial, maximum: initial, shared: true }), start: PAGE };
}

/** Instantiates a module made for shared memory on such a one. */
export function attachWasm<Functions extends object>(name: string, memory: Memory): Functions {
  return instantiate<Functions>(name, memory);
}
