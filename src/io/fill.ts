/** Reading a part of a file into memory that is there already. */
import { readSync } from "node:fs";

const LARGEST_READ = 2 ** 30; // one read call takes at most 2^31 - 1 bytes

/** Fills `bytes` from a position of the file on. @param place who reads what, for the error that a file has if it ends too early. */
export function fillFromFile(place: string, descriptor: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.byteLength;) {
    const got = readSync(descriptor, bytes, at, Math.min(LARGEST_READ, bytes.byteLength - at), position + at);
    if (got === 0) throw new Error(`${place}: truncated at byte ${position + at}; write the file again`);
    at += got;
  }
}
