import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { table } from "../../src/notebook/tables";

const RESULTS = table(
  [
    { method: "direct", ESS: 0.0002, "log Z": { value: -174.1, error: 0.41 }, evaluations: 4194304 },
    { method: "<annealed>", ESS: 0.616, "log Z": { value: -175.003, error: 0.0121 }, evaluations: null },
  ],
  { format: { ESS: "percent" } },
);

test("text is aligned, numbers to the right, missing cells a dash", () => {
  assert.equal(
    RESULTS.text(),
    [
      "method          ESS             log Z  evaluations",
      "----------  -------  ----------------  -----------",
      "direct      0.020 %    -174.10 ± 0.41    4,194,304",
      "<annealed>   61.6 %  -175.003 ± 0.012            –",
    ].join("\n"),
  );
});

test("HTML holds the same texts, escaped, in one column per value and error", () => {
  const html = RESULTS.html();
  assert.equal(html.match(/<th /g)?.length, 4);
  assert.match(html, /text-align: right;">-175.003 ± 0.012<\/td>/);
  assert.match(html, /text-align: left;">&lt;annealed&gt;<\/td>/);
});

test("all rows are in the HTML of a long table", () => {
  const long = table({ n: Array.from({ length: 500 }, (_, i) => i) });
  assert.equal(long.html().match(/<td /g)?.length, 500);
});

test("CSV and other libraries get numbers in full, errors in columns of their own", () => {
  assert.equal(
    RESULTS.toCSV(),
    "method,ESS,log Z,log Z error,evaluations\ndirect,0.0002,-174.1,0.41,4194304\n<annealed>,0.616,-175.003,0.0121,",
  );
  assert.equal(RESULTS.toArquero<{ numRows(): number }>().numRows(), 2);
});

test("an error column that is named is shown with its value", () => {
  const named = table({ x: [1.5], sigma: [0.25] }, { errors: { x: "sigma" } });
  assert.equal(named.text(), "          x\n-----------\n1.50 ± 0.25");
});

test("a table may be empty", () => {
  assert.equal(table([]).text(), "\n");
  assert.equal(table({ a: [] }).text(), "a\n-");
});

test("columns of different lengths and unknown names are refused", () => {
  assert.throws(() => table({ a: [1], b: [] }), /table: mismatched columns \(got lengths 1, 0\)/);
  assert.throws(
    () => table({ a: [1] }, { format: { b: "percent" } }),
    /table: unknown column \(got "b"\), expected one of a/,
  );
  assert.throws(() => table({ a: [1] }, { errors: { a: "e" } }), /unknown column \(got "e"\)/);
});

test("a table is saved as CSV or JSON by its ending, and becomes a data frame", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
  try {
    RESULTS.save(path.join(folder, "new", "results.csv"));
    assert.equal(readFileSync(path.join(folder, "new", "results.csv"), "utf8"), RESULTS.toCSV() + "\n");
    RESULTS.save(path.join(folder, "results.json"));
    const rows = JSON.parse(readFileSync(path.join(folder, "results.json"), "utf8")) as object[];
    assert.deepEqual(rows[0], {
      method: "direct",
      ESS: 0.0002,
      "log Z": -174.1,
      "log Z error": 0.41,
      evaluations: 4194304,
    });
    assert.deepEqual(rows, JSON.parse(JSON.stringify(RESULTS)));
    assert.throws(() => RESULTS.save(path.join(folder, "a.xls")), /table: invalid file \(got .*a\.xls\), expected/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const frame = table({ a: [1, 2], b: ["x", "y"] }).toDanfo<{ shape: number[]; columns: string[] }>();
  assert.deepEqual(
    [frame.shape, frame.columns],
    [
      [2, 2],
      ["a", "b"],
    ],
  );
});
