/** A fixed set of worker threads that answer requests; used by targets and engines alike. */
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker, type TransferListItem } from "node:worker_threads";
import type { Reply } from "./serve";

/** Workers by index. A request to a worker waits for those before it. */
export interface Pool<Request, Response> {
  readonly threads: number;
  /** One request to worker `index`. @throws (rejects) with the worker's own error, or when the worker died. */
  call(index: number, request: Request, transfer?: readonly TransferListItem[]): Promise<Response>;
  /** One request per worker, answers in order. */
  all(requests: readonly Request[]): Promise<Response[]>;
  /** Of the first worker that died; null while all live, and after `close`. */
  failure(): Error | null;
  /** Ends the workers; requests under way have three seconds, then they are rejected. */
  close(): Promise<void>;
}

interface Waiting<Response> {
  resolve(value: Response): void;
  reject(reason: Error): void;
}

interface Member<Response> {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting<Response>>;
  dead: Error | null;
}

/** Milliseconds that workers have to answer when the pool is closed: to end a thread within ONNX Runtime would abort the whole process. */
const GRACE = 3000;

const REMEDY = "go on from the last checkpoint (--resume, in a notebook resumeRun), or start again";

/**
 * Starts `threads` workers of one file, which must call `serve`.
 * Idle workers do not keep the process alive; a worker that dies rejects what it was asked, at once and from then on.
 * No request has a time limit: a worker that hangs cannot be told from one that computes for minutes, or whose machine was asleep for a night. A
 * second Ctrl-C ends a process that waits for one, and the last checkpoint stays.
 */
export function createPool<Request, Response>(
  workerFile: string,
  { threads, workerData }: { readonly threads: number; readonly workerData?: unknown },
): Pool<Request, Response> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`createPool: invalid threads (got ${threads}), expected a positive integer`);
  }
  let id = 0;
  let isClosed = false;
  const underWay = new Set<Promise<unknown>>();
  const start = (index: number): Member<Response> => {
    const worker = new Worker(workerFile, { workerData });
    const member: Member<Response> = { worker, waiting: new Map(), dead: null };
    worker.on("message", ({ id: answered, value, error }: Reply<Response>) => {
      const waiting = member.waiting.get(answered);
      member.waiting.delete(answered);
      // Not while it is being ended: nothing else keeps the process alive that waits for it, which would end without a word.
      if (member.waiting.size === 0 && !isClosed) worker.unref();
      if (error) waiting?.reject(error);
      else waiting?.resolve(value as Response);
    });
    const name = `${path.basename(path.dirname(workerFile))}/${path.basename(workerFile, ".js")} ${index}`;
    const die = (reason: Error): void => {
      member.dead ??= reason;
      for (const { reject } of member.waiting.values()) reject(member.dead);
      member.waiting.clear();
    };
    const died = (cause: unknown): void => {
      const said = cause instanceof Error ? cause.message : String(cause);
      die(new Error(`${name}: died of "${said}"; ${REMEDY}`, { cause }));
    };
    worker.on("error", died);
    worker.on("messageerror", died);
    worker.on("exit", (code) =>
      die(new Error(isClosed ? `${name}: closed; create a new one` : `${name}: died (exit code ${code}); ${REMEDY}`)),
    );
    worker.unref(); // last: listening to messages refs a worker again
    return member;
  };
  const members = Array.from({ length: threads }, (_, i) => start(i));
  const call = (index: number, request: Request, transfer: readonly TransferListItem[] = []): Promise<Response> => {
    const member = members[index];
    if (!member)
      return Promise.reject(new RangeError(`pool: unknown worker (got ${index}), expected 0 to ${threads - 1}`));
    if (member.dead) return Promise.reject(member.dead);
    if (isClosed) return Promise.reject(new Error(`worker ${index}: closed; create a new one`));
    const answer = new Promise<Response>((resolve, reject) => {
      // First, for it throws (and so rejects) if the request cannot be sent; the answer comes in a later turn of the loop.
      member.worker.postMessage({ id: ++id, request }, transfer);
      member.worker.ref();
      member.waiting.set(id, { resolve, reject });
    });
    underWay.add(answer);
    const settle = (): void => void underWay.delete(answer);
    answer.then(settle, settle);
    return answer;
  };
  return {
    threads,
    call,
    all: (requests) => Promise.all(requests.map((request, i) => call(i, request))),
    failure: () => (isClosed ? null : (members.find(({ dead }) => dead)?.dead ?? null)),
    async close() {
      isClosed = true;
      if (underWay.size > 0) await Promise.race([Promise.allSettled(underWay), pause(GRACE, null, { ref: false })]);
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}
