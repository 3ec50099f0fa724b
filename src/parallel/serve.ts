/** The worker's side of a pool: one handler answers every request, in order. */
import { parentPort, type TransferListItem } from "node:worker_threads";

/** What travels back for one request. */
export interface Reply<Response> {
  readonly id: number;
  readonly value?: Response;
  readonly error?: Error;
}

/** An answer, with the buffers that move to the caller instead of being copied. */
export interface Answer<Response> {
  readonly value: Response;
  readonly transfer?: readonly TransferListItem[];
}

/** Answers requests with `handler`, one after the other; an error travels to the caller, the worker lives on. */
export function serve<Request, Response>(
  handler: (request: Request) => Answer<Response> | Promise<Answer<Response>>,
): void {
  const port = parentPort;
  if (!port) throw new Error("serve: missing parent thread; this file runs as a worker of createPool only");
  let queue: Promise<void> = Promise.resolve();
  port.on("message", ({ id, request }: { id: number; request: Request }) => {
    queue = queue.then(async () => {
      try {
        const { value, transfer } = await handler(request);
        port.postMessage({ id, value } satisfies Reply<Response>, transfer);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        port.postMessage({ id, error } satisfies Reply<Response>);
      }
    });
  });
}
