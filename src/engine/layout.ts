/** Where the tensors between steps lie in one block of memory: those that never live at the same time share it. */
import type { Pieces } from "./pieces";

/** Bytes: a cache line. */
const LINE = 64;

export interface Layout {
  /** Offset of each tensor, bytes. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly bytes: number;
}

interface Span {
  readonly tensor: string;
  readonly bytes: number;
  first: number;
  last: number;
}

/**
 * Greedy by size, largest first (as in Pisarchyk & Lee, arXiv 2001.03288).
 * @param kept tensors that hold their memory throughout: inputs and outputs of the program
 * @param sameAs tensors that an operation writes over another's memory
 */
export function layOut(
  { steps, shapes }: Pick<Pieces, "steps" | "shapes">,
  { kept, sameAs }: { readonly kept: readonly string[]; readonly sameAs: ReadonlyMap<string, string> },
): Layout {
  const spans = new Map<string, Span>();
  const root = (tensor: string): string => (sameAs.has(tensor) ? root(sameAs.get(tensor)!) : tensor);
  const touch = (tensor: string, at: number): void => {
    const bytes = 4 * shapes[tensor]!.reduce((product, d) => product * d, 1);
    const span = spans.get(root(tensor));
    if (!span) spans.set(root(tensor), { tensor: root(tensor), bytes, first: at, last: at });
    else [span.first, span.last] = [Math.min(span.first, at), Math.max(span.last, at)];
  };
  for (const tensor of kept) [0, steps.length].forEach((at) => touch(tensor, at));
  const inside = new Set(steps.flatMap(({ outputs }) => outputs));
  steps.forEach(({ inputs, outputs }, at) => {
    for (const tensor of [...inputs.filter((i) => inside.has(i)), ...outputs]) touch(tensor, at);
  });
  const placed: (Span & { offset: number })[] = [];
  for (const span of [...spans.values()].sort((a, b) => b.bytes - a.bytes)) {
    const neighbours = placed
      .filter((p) => p.first <= span.last && span.first <= p.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const { offset: start, bytes } of neighbours) {
      if (offset + span.bytes <= start) break;
      offset = Math.max(offset, Math.ceil((start + bytes) / LINE) * LINE);
    }
    placed.push({ ...span, offset });
  }
  const offsets = new Map(placed.map(({ tensor, offset }) => [tensor, offset]));
  for (const tensor of sameAs.keys()) if (offsets.has(root(tensor))) offsets.set(tensor, offsets.get(root(tensor))!);
  return { offsets, bytes: Math.max(0, ...placed.map((p) => p.offset + p.bytes)) };
}
