/** The checkpoints of a run in its folder, numbered upwards: the last three are kept, and the newest that is whole is gone on from. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { readCheckpoint, writeCheckpoint } from "./checkpoint";

/** How many are kept: one may be torn by a crash of the machine, and one more besides. */
const KEPT = 3;

/** Files named `<prefix>-<number>.safetensors`, ascending. */
interface Numbered {
  readonly number: number;
  readonly file: string;
}

function numbered(folder: string, prefix: string): Numbered[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // a folder that is not there has none
  }
  return names
    .flatMap((name) => {
      const match = /^([a-z]+)-(\d+)\.safetensors$/.exec(name);
      return match?.[1] === prefix ? [{ number: Number(match[2]), file: path.join(folder, name) }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

const CHECKPOINT = "checkpoint";
const PART = "part";
const named = (folder: string, prefix: string, number: number): string =>
  path.join(folder, `${prefix}-${String(number).padStart(6, "0")}.safetensors`);
const next = (folder: string): number => (numbered(folder, CHECKPOINT).at(-1)?.number ?? 0) + 1;

/** The checkpoints in a folder, oldest first. */
export function listCheckpoints(folder: string): string[] {
  return numbered(folder, CHECKPOINT).map(({ file }) => file);
}

/**
 * Writes what is too large for every checkpoint, once, for those from the next one on; returns its name for them to keep. It goes when no kept
 * checkpoint can mean it any more: each means the last part before it.
 */
export function savePart(folder: string, data: unknown): string {
  const file = named(folder, PART, next(folder));
  writeCheckpoint(file, data);
  return path.basename(file);
}

/** The part of that name. @throws Error as `readCheckpoint`. */
export function loadPart(folder: string, name: string): unknown {
  return readCheckpoint(path.join(folder, path.basename(name)));
}

/** Writes the next checkpoint, whole or not at all, and lets go of those before the last three. Returns its file. */
export function saveCheckpoint(folder: string, state: unknown): string {
  const file = named(folder, CHECKPOINT, next(folder));
  writeCheckpoint(file, state);
  const kept = numbered(folder, CHECKPOINT).slice(-KEPT);
  const first = kept[0]!.number;
  const parts = numbered(folder, PART);
  const oldest = parts.filter(({ number }) => number <= first).at(-1)?.number ?? 0;
  const old = [
    ...numbered(folder, CHECKPOINT).filter(({ number }) => number < first),
    ...parts.filter(({ number }) => number < oldest),
  ];
  for (const { file: gone } of old) rmSync(gone, { force: true });
  return file;
}

/**
 * The newest checkpoint that `open` accepts; it throws for one that it cannot use.
 * @param onRefused is told of each newer one why it was not used.
 * @throws Error if there is none, with the reasons.
 */
export function loadCheckpoint<T>(
  folder: string,
  open: (state: unknown) => T,
  onRefused: (reason: string) => void = () => undefined,
): T {
  const reasons: string[] = [];
  for (const file of listCheckpoints(folder).reverse()) {
    try {
      return open(readCheckpoint(file));
    } catch (error) {
      reasons.push((error as Error).message);
      onRefused(`${path.basename(file)} was not used: ${(error as Error).message}`);
    }
  }
  throw new Error(
    reasons.length === 0
      ? `checkpoint: missing in ${folder}, expected one to resume from; start the run without resuming`
      : `checkpoint: invalid in ${folder}, none of ${reasons.length} can be used (${reasons.join("; ")}); start the run again`,
  );
}

/** Removes all checkpoints and parts: the run has ended. */
export function removeCheckpoints(folder: string): void {
  for (const { file } of [...numbered(folder, CHECKPOINT), ...numbered(folder, PART)]) rmSync(file, { force: true });
}
