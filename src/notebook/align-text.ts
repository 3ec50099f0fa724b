/** Columns of text as aligned lines, for a terminal. */

export function alignText(
  shown: Readonly<Record<string, string[]>>,
  isRight: (name: string) => boolean,
  rows: number,
): string {
  const names = Object.keys(shown);
  const width = (name: string): number => Math.max(...[name, ...shown[name]!].map((text) => text.length));
  const pad = (text: string, name: string): string =>
    isRight(name) ? text.padStart(width(name)) : text.padEnd(width(name));
  const line = (cells: (name: string) => string): string =>
    names
      .map((name) => pad(cells(name), name))
      .join("  ")
      .trimEnd();
  return [
    line((name) => name),
    line((name) => "-".repeat(width(name))),
    ...Array.from({ length: rows }, (_, i) => line((name) => shown[name]![i]!)),
  ].join("\n");
}
