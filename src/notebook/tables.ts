/** Tables of numbers: arquero within, HTML in a notebook, aligned text in a terminal, danfojs for who wants data frames. */
import path from "node:path";
import { writeTextAtomically } from "../io/atomic";
import { formatDuration, formatMeasured, formatNumber, formatPercent } from "./numbers";

/** A value with its standard error, as the package's estimates are. */
export interface Measured {
  readonly value: number;
  readonly error: number;
}
export type Cell = string | number | boolean | null | undefined | Measured;
/** Either columns by name, or rows as objects. */
export type TableData = Readonly<Record<string, readonly Cell[]>> | readonly Readonly<Record<string, Cell>>[];
export type ColumnFormat = "number" | "percent" | "duration" | ((value: number) => string);

export interface TableOptions {
  /** Which columns hold the errors of which: shown as one, value ± error. */
  readonly errors?: Readonly<Record<string, string>>;
  /** How numbers of a column are written; a number with thousands apart and few digits by default. */
  readonly format?: Readonly<Record<string, ColumnFormat>>;
}

/** Columns without nested cells, ready for other libraries. */
export type PlainColumns = Readonly<Record<string, readonly (string | number | boolean | null)[]>>;

export interface Table {
  /** All columns, errors under a name of their own, numbers in full. */
  readonly columns: PlainColumns;
  html(): string;
  /** Aligned lines. */
  text(): string;
  /** Writes `text()` to the terminal. */
  print(): void;
  toCSV(): string;
  /** A row an object; `JSON.stringify` of a table gives this. */
  toJSON(): Readonly<Record<string, string | number | boolean | null>>[];
  /**
   * Writes all columns, numbers in full, as `.csv` or `.json`; the folder is made.
   * @throws Error for another ending.
   */
  save(file: string): void;
  /** An arquero table, for example `toArquero<import("arquero").ColumnTable>()`. */
  toArquero<T = unknown>(): T;
  /** A danfojs data frame; needs a second to load. */
  toDanfo<T = unknown>(): T;
}

/** The part of arquero that is used here; loaded on first use. */
interface Arquero {
  table(columns: object): { toHTML(options: object): string; toCSV(): string };
}

/**
 * A table from columns or rows. Cells `{ value, error }` become two columns, shown as one.
 * @example table([{ method: "direct", ESS: 0.0002 }, { method: "annealed", ESS: 0.616 }], { format: { ESS: "percent" } })
 * @throws RangeError if columns differ in length, or an option names an unknown column.
 */
export function table(data: TableData, options: TableOptions = {}): Table {
  const { columns, errors } = splitMeasured(asColumns(data), options.errors ?? {});
  const rows = Object.values(columns)[0]?.length ?? 0;
  const unknown = [...Object.entries(errors).flat(), ...Object.keys(options.format ?? {})].find(
    (name) => !(name in columns),
  );
  if (unknown !== undefined) {
    throw new RangeError(
      `table: unknown column (got "${unknown}"), expected one of ${Object.keys(columns).join(", ") || "none"}`,
    );
  }
  const errorNames = new Set(Object.values(errors));
  const shown = Object.fromEntries(
    Object.keys(columns)
      .filter((name) => !errorNames.has(name))
      .map((name) => {
        const format = options.format?.[name] ?? "number";
        return [name, columns[name]!.map((cell, i) => formatCell(cell, columns[errors[name] ?? ""]?.[i], format))];
      }),
  );
  const isRight = (name: string): boolean => columns[name]!.some((cell) => typeof cell === "number");
  const text = (): string => alignText(shown, isRight, rows);
  const arquero = (): Arquero => require("arquero") as Arquero;
  const toCSV = (): string => arquero().table(columns).toCSV();
  const toJSON: Table["toJSON"] = () =>
    Array.from({ length: rows }, (_, i) =>
      Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[i]!])),
    );
  return {
    columns,
    text,
    print: () => console.log(text()),
    html: () =>
      arquero()
        .table(shown)
        .toHTML({ limit: Infinity, align: mapValues(shown, (name) => (isRight(name) ? "r" : "l")) }),
    toCSV,
    toJSON,
    save: (file) => saveTable(file, { toCSV, toJSON }),
    toArquero: <T>() => arquero().table(columns) as T,
    toDanfo: <T>() => {
      const { DataFrame } = require("danfojs-node") as { DataFrame: new (columns: object) => T };
      return new DataFrame(columns);
    },
  };
}

function saveTable(file: string, { toCSV, toJSON }: Pick<Table, "toCSV" | "toJSON">): void {
  switch (path.extname(file)) {
    case ".csv":
      return writeTextAtomically(file, toCSV() + "\n");
    case ".json":
      return writeTextAtomically(file, JSON.stringify(toJSON(), null, 1) + "\n");
    default:
      throw new Error(`table: invalid file (got ${file}), expected one that ends in .csv or .json`);
  }
}

function asColumns(data: TableData): Readonly<Record<string, readonly Cell[]>> {
  if (!Array.isArray(data)) {
    const columns = data as Readonly<Record<string, readonly Cell[]>>;
    const lengths = Object.values(columns).map((column) => column.length);
    if (lengths.some((length) => length !== lengths[0])) {
      throw new RangeError(`table: mismatched columns (got lengths ${lengths.join(", ")}), expected equal ones`);
    }
    return columns;
  }
  const rows = data as readonly Readonly<Record<string, Cell>>[];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
}

const isMeasured = (cell: Cell): cell is Measured => typeof cell === "object" && cell !== null;

function splitMeasured(
  data: Readonly<Record<string, readonly Cell[]>>,
  named: Readonly<Record<string, string>>,
): { columns: PlainColumns; errors: Record<string, string> } {
  const columns: Record<string, (string | number | boolean | null)[]> = {};
  const errors: Record<string, string> = { ...named };
  for (const [name, cells] of Object.entries(data)) {
    columns[name] = cells.map((cell) => (isMeasured(cell) ? cell.value : (cell ?? null)));
    if (!cells.some(isMeasured)) continue;
    errors[name] = `${name} error`;
    columns[`${name} error`] = cells.map((cell) => (isMeasured(cell) ? cell.error : null));
  }
  return { columns, errors };
}

function formatCell(cell: PlainColumns[string][number], error: unknown, format: ColumnFormat): string {
  if (cell === null) return "–";
  if (typeof cell !== "number") return String(cell);
  if (typeof format === "function") return format(cell);
  switch (format) {
    case "percent":
      return typeof error === "number" && error > 0
        ? `${formatMeasured(100 * cell, 100 * error)} %`
        : formatPercent(cell);
    case "duration":
      return formatDuration(cell);
    case "number":
      return typeof error === "number" ? formatMeasured(cell, error) : formatNumber(cell);
  }
}

function alignText(
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

function mapValues<T>(of: object, value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.keys(of).map((name) => [name, value(name)]));
}
