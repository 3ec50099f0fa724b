/** The notebook's stop button as an AbortSignal: work ends at its next step and keeps what it has. */

/**
 * Runs `work` with a signal that aborts on the first press of the stop button (SIGINT; Ctrl-C in a terminal). A second
 * press interrupts hard. What `work` returns is returned; it should look at `signal.aborted` after every step.
 * @example const run = await stoppable((signal) => train({ signal }));
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // tslab runs the synchronous part of a cell in a mode where a new SIGINT listener lets the next press kill the
  // whole kernel. A turn of the event loop leaves that part.
  await new Promise<void>((resolve) => setImmediate(resolve));

  // The kernel's own listener fails the cell at once and leaves the work running behind it: set it aside meanwhile.
  const theirs = process.listeners("SIGINT");
  const controller = new AbortController();
  const restore = (): void => {
    process.removeListener("SIGINT", onPress);
    for (const listener of theirs) if (!process.listeners("SIGINT").includes(listener)) process.on("SIGINT", listener);
  };
  const onPress = (): void => {
    restore();
    controller.abort(new Error("stoppable: stopped by the user"));
  };

  // Ours first, so that there is no moment without a listener, in which a press would end the process.
  process.on("SIGINT", onPress);
  for (const listener of theirs) process.removeListener("SIGINT", listener);
  try {
    return await work(controller.signal);
  } finally {
    restore();
  }
}

/**
 * The same for work that has a display, which ends with what became of the work.
 * @param work gives null once it has been stopped
 */
export async function stoppableShown<T>(
  display: { readonly finish: (note: string) => void },
  work: (signal: AbortSignal) => Promise<T | null>,
): Promise<T | null> {
  const result = await stoppable(work).catch((error: unknown) => {
    display.finish("failed");
    throw error;
  });
  display.finish(result === null ? "stopped" : "done");
  return result;
}
