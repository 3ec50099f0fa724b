/** Output of a notebook cell: MIME bundles for the tslab kernel, plain text lines everywhere else. */
import { randomUUID } from "node:crypto";

/** One output in several representations; the notebook shows the richest it knows. Bytes are sent as base64. */
export interface MimeBundle {
  /** What a terminal shows; every output has it. */
  readonly "text/plain": string;
  readonly [type: string]: unknown;
}

/** A place in a cell whose content can be replaced. */
export interface Output {
  /** Shows the bundle, or puts it in the place of the one before. */
  set(bundle: MimeBundle, metadata?: object): void;
}

/** The message a Jupyter kernel sends for `display_data` and `update_display_data`. */
interface DisplayData {
  data: Record<string, unknown>;
  metadata: object;
  transient: { display_id: string };
}
type Sink = (content: DisplayData, update: boolean) => void;

/**
 * The kernel's own writer. tslab has no public call for a bundle of several types, so its module is asked; being the
 * same process, it is already in the module cache. Outside a kernel it is not, and must not be loaded: it opens sockets.
 */
function sink(): Sink | null {
  let file: string;
  try {
    file = require.resolve("tslab/dist/jupyter.js");
  } catch {
    return null;
  }
  const kernel = require.cache[file]?.exports as { lastWriteDisplayData?: Sink | null } | undefined;
  return kernel?.lastWriteDisplayData ?? null;
}

/** Whether this code runs in a notebook. */
export function inNotebook(): boolean {
  return sink() !== null;
}

function encode(bundle: MimeBundle): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, value]) => [
      type,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]),
  );
}

/** Opens a place for output; it appears with its first content. In a terminal each content is printed below the last. */
export function createOutput(): Output {
  const id = randomUUID();
  let shown = false;
  return {
    set(bundle, metadata = {}) {
      const write = sink();
      if (write) write({ data: encode(bundle), metadata, transient: { display_id: id } }, shown);
      else if (bundle["text/plain"]) console.log(bundle["text/plain"]);
      shown = true;
    },
  };
}

/** Shows a bundle once. */
export function display(bundle: MimeBundle, metadata: object = {}): void {
  createOutput().set(bundle, metadata);
}
