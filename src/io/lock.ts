/** A folder that one process writes to: a file `lock` names it, and a second writer is refused. */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { removeTemporaries, temporaryBeside } from "./atomic";

const LOCK = "lock";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** Tells locks of one process apart, and a process from a later one with its number. */
  readonly token: string;
}

/** Locks of this process, which are alive although they are ours. */
const held = new Set<string>();

/**
 * Locks a folder, making it if need be, and clears what killed writers have left in it.
 * @param onStale is told when the lock of a process that has ended was taken over.
 * @returns what unlocks it.
 * @throws Error if a living process holds it, or one on another machine, of which nothing can be known here.
 */
export function lockFolder(folder: string, onStale: (note: string) => void = () => undefined): () => void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, LOCK);
  const token = randomBytes(8).toString("hex");
  const mine: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), token };
  // Written beside it and linked: the lock appears with its content, and only if there is none.
  const draft = temporaryBeside(file);
  try {
    // Again before every try: who takes the lock in between clears drafts away.
    for (writeDraft(draft, mine); !link(draft, file); writeDraft(draft, mine)) {
      const holder = readHolder(file);
      if (holder !== null && isAlive(holder)) throw refusal(folder, file, holder);
      if (!removeStale(file, holder, temporaryBeside(file))) continue;
      onStale(
        `lock: took over ${file}${holder ? ` of process ${holder.pid}, which has ended` : ", which named nobody"}`,
      );
    }
  } finally {
    rmSync(draft, { force: true });
  }
  held.add(token);
  removeTemporaries(folder); // of writers that were killed: no other is at work here now
  return () => {
    held.delete(token);
    if (readHolder(file)?.token === token) rmSync(file, { force: true });
  };
}

/**
 * Removes a lock that was seen to be stale; false if another has taken it over since. Moved away before it is looked at again, for between reading and
 * removing another may have put its own in the place.
 */
function removeStale(file: string, seen: Holder | null, aside: string): boolean {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  const moved = readHolder(aside);
  const isSame = moved?.token === seen?.token;
  if (!isSame) link(aside, file); // back with it
  rmSync(aside, { force: true });
  return isSame;
}

function writeDraft(draft: string, mine: Holder): void {
  try {
    writeFileSync(draft, JSON.stringify(mine) + "\n");
  } catch (cause) {
    throw new Error(
      `lock: invalid folder ${path.dirname(draft)} (${(cause as Error).message}), expected one to write to; free space, or choose another`,
      { cause },
    );
  }
}

/** False if there is one already, or nothing to link any more. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  }
}

/** null if there is none, or it says nothing. */
function readHolder(file: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(file, "utf8")) as Partial<Holder> | null;
    return typeof holder?.pid === "number" && typeof holder.host === "string" ? (holder as Holder) : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return true;
  // The number is ours: it is one of our locks, or that of an earlier process which had our number.
  if (pid === process.pid) return held.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}

function refusal(folder: string, file: string, { pid, host, since }: Holder): Error {
  const where = host === hostname() ? "" : ` on ${host}`;
  return new Error(
    `lock: invalid folder ${folder} (got one that process ${pid}${where} has written to since ${since}), expected no other ` +
      `writer; wait for it, choose another folder, or delete ${file} if that process is no run of tabg`,
  );
}
