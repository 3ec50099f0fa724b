/** Long work that Ctrl-C or SIGTERM ends in order. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs `work` with a signal that the first of them aborts; a second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const onInterrupt = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onInterrupt);
    abort.abort();
  };
  for (const name of SIGNALS) process.on(name, onInterrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, onInterrupt);
  }
}
