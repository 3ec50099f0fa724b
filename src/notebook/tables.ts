/** Tables of numbers: arquero within, HTML in a notebook, aligned text in a terminal, danfojs for who wants data frames. */
import path from "node:path";
import { writeTextAtomically } from "../io/atomic";
import { alignText } from "./align-text";
import { formatDuration, formatMeasured, formatNumber, formatPercent } from "./numbers";
import { asColumns, type PlainColumns, splitMeasured, type TableData } from "./table-columns";

export type ColumnFormat = "number" | "percent" | "duration" | ((value: number) => string);

export interface TableOptions {
  /** Which columns hold the errors of which: shown as one, value ± error. */
  readonly errors?: Readonly<Record<string, string>>;
  /** How numbers of a column are written; a number with thousands apart and few digits by default. */
  readonly format?: Readonly<Record<string, ColumnFormat>>;
}

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
        .table(escapeNames(shown))
        .toHTML({ limit: Infinity, align: escapeNames(mapValues(shown, (name) => (isRight(name) ? "r" : "l"))) }),
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

function mapValues<T>(of: object, value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.keys(of).map((name) => [name, value(name)]));
}

/** arquero escapes cells but not the names of columns, which may come from files as well. */
function escapeNames<T>(columns: Readonly<Record<string, T>>): Record<string, T> {
  const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [escape(name), column]));
}
