/** From what a table is given to columns of plain cells, measured values apart from their errors. */

/** A value with its standard error, as the package's estimates are. */
export interface Measured {
  readonly value: number;
  readonly error: number;
}
export type Cell = string | number | boolean | null | undefined | Measured;
/** Either columns by name, or rows as objects. */
export type TableData = Readonly<Record<string, readonly Cell[]>> | readonly Readonly<Record<string, Cell>>[];
/** Columns without nested cells, ready for other libraries. */
export type PlainColumns = Readonly<Record<string, readonly (string | number | boolean | null)[]>>;

export function asColumns(data: TableData): Readonly<Record<string, readonly Cell[]>> {
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

export function splitMeasured(
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
