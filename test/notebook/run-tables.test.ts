import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunRecord } from "../../src/io/record";
import { basinTable, metricsTable, rungTable } from "../../src/notebook/run-tables";

const basin = {
  basin: "phi > 0",
  temperature: 300,
  sampled: 0.012,
  sampledError: 0.0003,
  reweighted: 0.011,
  reweightedError: 0.001,
  samples: 120,
  effective: 71.6,
};
const record: RunRecord = {
  system: "aldp",
  method: "ta-bg",
  preset: "smoke",
  seed: 1,
  engine: "test",
  essFinal: 0.616,
  essDirect: 0.0002,
  essPerRung: [0.3],
  evaluations: 5100000,
  evaluationsByKind: { energies: 1000000, gradients: 4100000 },
  gradientSteps: 12000,
  wallSeconds: 340,
  logZ: -175.0031,
  logZError: 0.012,
  basins: [{ ...basin, temperature: 600, sampled: 0.5 }, basin],
  losses: [],
  config: { anneal: { ladder: [1200, 600, 300] } },
  versions: {},
  metrics: { evaluationSamples: 1000, effective: 44.1 },
};

test("the metrics table tells the end of the ladder beside the published values", () => {
  assert.deepEqual(metricsTable(record).columns, {
    metric: [
      "ESS, annealed to 300 K",
      "ESS, 1200 K reweighted straight to 300 K",
      "ESS, no weight cut",
      "log Z",
      "share of phi > 0, sampled",
      "share of phi > 0, reweighted",
      "effective samples in phi > 0",
      "target evaluations",
      "gradient steps",
      "training time",
    ],
    "this run": [
      "61.6 %",
      "0.020 %",
      "4.41 %",
      "-175.003 ± 0.012",
      "1.200 ± 0.030 %",
      "1.10 ± 0.10 %",
      "72",
      "5,100,000",
      "12,000",
      "5 min 40 s",
    ],
    "published TA-BG": ["95.8 %", "", "", "< -174.99", "", "", "", "100,000,000", "", ""],
  });
});

test("what a run learned from has cost evaluations too", () => {
  const learned = { ...record, evaluations: 0, metrics: { ...record.metrics, dataEvaluations: 7000 } };
  const { metric, "this run": value } = metricsTable(learned).columns as Record<string, string[]>;
  assert.equal(value![metric!.indexOf("target evaluations")], "7,000");
});

test("numbers that a run could not give are dashes", () => {
  const columns = metricsTable({ ...record, essDirect: null, logZ: null, logZError: null, metrics: {} }).columns;
  assert.deepEqual(columns["this run"]!.slice(1, 4), ["–", "–", "–"]);
});

test("the share of a basin at the end of runs stands beside that in truth", () => {
  const other = { ...record, basins: [{ ...basin, basin: "phi2 > 0" }, ...record.basins] };
  const { columns } = basinTable({ first: record, second: other }, { value: 0.02, error: 0.001 });
  assert.deepEqual(columns["share of φ > 0"], ["ground truth", "first", "second"]);
  assert.deepEqual(
    [columns.sampled, columns["sampled error"]],
    [
      [0.02, 0.012, 0.012],
      [0.001, 0.0003, 0.0003],
    ],
  );
  assert.throws(
    () => basinTable({ other, first: record }, { value: 0, error: 0 }),
    /unknown basin \(got phi2 > 0 for first\)/,
  );
});

test("a system without published values, or with many basins, has a shorter table", () => {
  const basins = Array.from({ length: 40 }, (_, i) => ({ ...basin, basin: `mode ${i}` }));
  const { columns } = metricsTable({ ...record, system: "gmm", basins, config: { anneal: { ladder: [30, 1] } } });
  assert.deepEqual(Object.keys(columns), ["metric", "this run"]);
  assert.equal(columns.metric!.length, 7);
  assert.equal(columns.metric![0], "ESS, annealed to T = 1");
});

test("the table of rungs says where the ladder was changed", () => {
  const rung = { from: 600, to: 424.26, bufferEss: 0.123, samples: 50000, invalid: 3, iterations: 9, seconds: 12 };
  const text = rungTable({ rungs: [{ ...rung, decision: "shortened" }] }).text();
  assert.match(text.split("\n")[2]!, /^600\.0 +424\.3 +50,000 +12\.3 % +3 +shortened +12 s$/);
});

test("a record that was compared with the truth says so, and a method without a ladder has no ends of one", () => {
  const truth = {
    frames: 10,
    forward: { ess: 0.5, eubo: { value: -174.91, error: 0.01 }, nll: { value: 1, error: 1 } },
    sweepTv: { plain: 0.0303, reweighted: 0.0293 },
  };
  const { columns } = metricsTable({ ...record, method: "fab", config: {}, metrics: { truth } });
  const rows = columns.metric!.map((metric, i) => [metric, columns["this run"]![i], columns["published FAB"]![i]]);
  assert.deepEqual(rows.slice(0, 6), [
    ["ESS", "61.6 %", "94.8 %"],
    ["ESS, no weight cut", "–", ""],
    ["log Z", "-175.003 ± 0.012", "< -174.98"],
    ["EUBO", "-174.910 ± 0.010", "-174.98"],
    ["Ramachandran TV", "3.03 %", "1.03 %"],
    ["Ramachandran TV, reweighted", "2.93 %", ""],
  ]);
});
