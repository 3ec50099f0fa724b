/** The results table as people read it, in Markdown, and as programs do, in columns. */
import { METHOD_LABELS } from "../experiments/published";
import type { ResultRow, Spread } from "../experiments/results";
import { formatDuration, formatMeasured, formatNumber } from "./numbers";
import type { PlainColumns } from "./table-columns";
import { table, type Table } from "./tables";

interface Column {
  readonly name: string;
  readonly of: (row: ResultRow) => Spread | null;
  /** How one number is written; those with a spread are written with it. */
  readonly format: (value: number) => string;
  readonly factor?: number;
}

const fixed =
  (digits: number) =>
  (value: number): string =>
    value.toFixed(digits);
/** Evaluations: 6.36e6. */
const rounded = (value: number): string => value.toPrecision(3).replace("e+", "e");
const power = (value: number): string => (value >= 1e4 ? value.toExponential(2).replace("e+", "e") : rounded(value));

const COLUMNS: readonly Column[] = [
  { name: "modes", of: (row) => row.modes, format: formatNumber },
  { name: "ESS %", of: (row) => row.ess, format: fixed(1), factor: 100 },
  {
    name: "ESS uncut %",
    of: (row) => row.essUncut,
    format: (v) => (v < 0.1 ? v.toPrecision(1) : v.toFixed(1)),
    factor: 100,
  },
  { name: "log Z", of: (row) => row.logZ, format: fixed(3) },
  { name: "EUBO", of: (row) => row.eubo, format: fixed(3) },
  { name: "TV x 1e-2", of: (row) => row.tv, format: fixed(2), factor: 100 },
  { name: "TV reweighted", of: (row) => row.tvReweighted, format: fixed(2), factor: 100 },
  { name: "TV matched", of: (row) => row.tvMatched, format: fixed(2), factor: 100 },
  { name: "TV floor", of: (row) => row.tvFloor, format: fixed(2), factor: 100 },
  { name: "evaluations", of: (row) => row.evaluations, format: power },
  { name: "training time", of: (row) => row.wallSeconds, format: formatDuration },
];

const labelOf = ({ method, remark }: ResultRow): string =>
  `${METHOD_LABELS[method] ?? method}${remark ? ` (${remark})` : ""}`;

/** 1200, 600, 300 of a ladder. */
const option = (value: unknown): string =>
  Array.isArray(value) ? value.map((v) => Number(Number(v).toPrecision(4))).join(", ") : JSON.stringify(value ?? null);

/** An experiment of one's own is known by what it changes: `smoke with ladder 1200, 600, 300; batch 512`. */
const presetOf = ({ preset, base, changes }: ResultRow): string =>
  changes.length === 0
    ? (base ?? preset)
    : `${base ?? preset} with ${changes.map(({ place, got }) => `${place.replace(/^anneal\./, "")} ${option(got)}`).join("; ")}`;

function cell(value: Spread | null, { name, format, factor = 1 }: Column): string {
  if (value === null) return "";
  const mean = factor * value.mean;
  const spread = value.spread === null ? 0 : factor * value.spread;
  // Costs differ little from seed to seed and need no more than their mean.
  const isCost = name === "evaluations" || name === "training time";
  return spread > 0 && !isCost ? formatMeasured(mean, spread) : format(mean);
}

/** One table per system, columns of which nothing is known left out. */
export function resultsMarkdown(rows: readonly ResultRow[]): string {
  const systems = [...new Set(rows.map(({ system }) => system))];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return systems
    .map((system) => {
      const own = rows.filter((row) => row.system === system);
      const columns = COLUMNS.filter(({ of }) => own.some((row) => of(row) !== null));
      const body = own.map((row) => {
        return line([
          labelOf(row),
          presetOf(row),
          row.seeds.join(", "),
          ...columns.map((column) => cell(column.of(row), column)),
        ]);
      });
      const head = ["method", "preset", "seeds", ...columns.map(({ name }) => name)];
      const rule = head.map((_, i) => (i < 3 ? "---" : "---:"));
      return [`## ${system}`, "", line(head), line(rule), ...body, ""].join("\n");
    })
    .join("\n");
}

/** The rows of one system as people read them, for a notebook. */
export function resultsTable(rows: readonly ResultRow[], system: string): Table {
  const own = rows.filter((row) => row.system === system);
  if (own.length === 0) {
    const known = [...new Set(rows.map((row) => row.system))].join(", ");
    throw new RangeError(`resultsTable: unknown system (got "${system}"), expected one of ${known || "none"}`);
  }
  const columns = COLUMNS.filter(({ of }) => own.some((row) => of(row) !== null));
  return table({
    method: own.map(labelOf),
    preset: own.map(presetOf),
    seeds: own.map(({ seeds }) => seeds.join(", ")),
    ...Object.fromEntries(columns.map((column) => [column.name, own.map((row) => cell(column.of(row), column))])),
  });
}

/** Every number in full, with a column for its spread: for `table(...).toCSV()`. */
export function resultsColumns(rows: readonly ResultRow[]): PlainColumns {
  const numbers = COLUMNS.flatMap(({ name, of }): [string, (number | null)[]][] => [
    [name.replace(/ (%|x 1e-2)$/, ""), rows.map((row) => of(row)?.mean ?? null)],
    [`${name.replace(/ (%|x 1e-2)$/, "")} spread`, rows.map((row) => of(row)?.spread ?? null)],
  ]);
  return {
    system: rows.map(({ system }) => system),
    method: rows.map(({ method }) => method),
    preset: rows.map(({ preset }) => preset),
    seeds: rows.map(({ seeds }) => seeds.join(" ")),
    ...Object.fromEntries(numbers),
    base: rows.map(({ base }) => base ?? ""),
    changes: rows.map(({ changes }) =>
      changes.map(({ place, got }) => `${place}=${JSON.stringify(got ?? null)}`).join(" "),
    ),
    remark: rows.map(({ remark }) => remark),
  };
}
