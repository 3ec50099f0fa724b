import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDuration, formatMeasured, formatNumber, formatPercent } from "../../src/notebook/numbers";

test("whole numbers are grouped, others keep few digits", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [7421512, "7,421,512"],
    [-1234.5, "-1,235"],
    [-175, "-175"],
    [-174.9923, "-174.99"],
    [0.021349, "0.0213"],
    [1.2e-5, "1.2 × 10⁻⁵"],
    [3e15, "3.0 × 10¹⁵"],
    [NaN, "–"],
    [-Infinity, "-∞"],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test("percentages keep two or three digits however small", () => {
  const cases: [number, string][] = [
    [1, "100.0 %"],
    [0.6162, "61.6 %"],
    [0.0124, "1.24 %"],
    [0.0002, "0.020 %"],
    [1.6e-8, "1.6 × 10⁻⁶ %"],
    [0, "0.00 %"],
    [NaN, "–"],
  ];
  for (const [share, text] of cases) assert.equal(formatPercent(share), text);
});

test("a measured value ends at the second digit of its error", () => {
  assert.equal(formatMeasured(-175.00312, 0.0123), "-175.003 ± 0.012");
  assert.equal(formatMeasured(5123456, 1234), "5,123,456 ± 1,234");
  assert.equal(formatMeasured(3, 0), "3");
  assert.equal(formatMeasured(3.14159, NaN), "3.14");
  assert.equal(formatMeasured(2, 1e-12), "2 ± 1.0 × 10⁻¹²");
});

test("time spans are told in the units that people use", () => {
  const cases: [number, string][] = [
    [0.04, "0.0 s"],
    [9.97, "10 s"],
    [59.7, "1 min 0 s"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
    [Infinity, "–"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});
