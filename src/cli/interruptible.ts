/** Long work that Ctrl-C or SIGTERM ends in order. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs `work` with a signal that the first of them aborts. A second Ctrl-C ends the process at once; SIGTERM never does: Slurm sends several in a
 * row before it kills.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const onInterrupt = (): void => {
    process.removeListener("SIGINT", onInterrupt);
    abort.abort();
  };
  for (const name of SIGNALS) process.on(name, onInterrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, onInterrupt);
  }
}
