/** Files that appear whole or not at all: temporary file, fsync, rename (what POSIX rename(2) promises). */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/** One file to be written: its path and its bytes in order. */
export interface PendingFile {
  readonly file: string;
  readonly chunks: readonly Uint8Array[];
}

// One write call takes at most 2^31 - 1 bytes.
const LARGEST_WRITE = 2 ** 30;

/**
 * Writes every file beside its destination first and renames them only when all are safely on disk, so that a failure
 * (full disk, missing folder) leaves no destination touched.
 * @throws Error as `requireDestinations` does, or if the system cannot write: with its reason, and nothing left half written.
 */
export function writeFilesAtomically(files: readonly PendingFile[]): void {
  requireDestinations(files.map(({ file }) => file));
  const targets = files.map(({ file }) => path.resolve(file));
  const temporaries: string[] = [];
  try {
    files.forEach(({ chunks }, i) => {
      const temporary = temporaryBeside(targets[i]!);
      temporaries.push(temporary);
      writeThrough(temporary, chunks);
    });
    targets.forEach((target, i) => renameSync(temporaries[i]!, target));
  } catch (cause) {
    throw new Error(
      `write ${targets.join(", ")}: failed (${(cause as Error).message}), expected room and permission; free space, or choose another destination`,
      { cause },
    );
  } finally {
    for (const temporary of temporaries) rmSync(temporary, { force: true });
  }
}

/** A name beside a file that no other writer has; `removeTemporaries` knows it. */
export const temporaryBeside = (file: string): string => `${file}.${randomBytes(6).toString("hex")}.tmp`;

/** Removes what writers that were killed have left in a folder; for who knows that no other is at work there. */
export function removeTemporaries(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/\.[0-9a-f]{12}\.tmp$/.test(name)) rmSync(path.join(folder, name), { force: true });
  }
}

/** Writes one text file whole or not at all, making its folder if need be. */
export function writeTextAtomically(file: string, text: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFilesAtomically([{ file, chunks: [Buffer.from(text, "utf8")] }]);
}

/** The bytes of a typed array, without copying. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** @throws Error if a destination's folder is missing, or two destinations are one: to be asked before long work. */
export function requireDestinations(files: readonly string[]): void {
  const targets = files.map((file) => path.resolve(file));
  const twice = targets.find((target, i) => targets.indexOf(target) !== i);
  if (twice !== undefined) throw new Error(`write: invalid destinations (got ${twice} twice), expected distinct files`);
  for (const target of targets) requireDestination(target);
}

function requireDestination(target: string): void {
  const folder = path.dirname(target);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`write ${target}: missing folder ${folder}; create it first, or choose another destination`);
  }
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`write ${target}: invalid destination (got a folder), expected a file; name a file inside it`);
  }
}

function writeThrough(file: string, chunks: readonly Uint8Array[]): void {
  const descriptor = openSync(file, "wx");
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength;) {
        at += writeSync(descriptor, chunk, at, Math.min(LARGEST_WRITE, chunk.byteLength - at));
      }
    }
    fsyncSync(descriptor); // without it a crash after the rename could leave an empty file under the final name
  } finally {
    closeSync(descriptor);
  }
}
