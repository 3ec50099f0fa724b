import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/numerics/random";
import { basinChart } from "../../src/notebook/charts/basins";
import { essCurvesChart } from "../../src/notebook/charts/comparison";
import { lossChart } from "../../src/notebook/charts/curve";
import { forecastChart } from "../../src/notebook/charts/forecast";
import { histogramChart } from "../../src/notebook/charts/histogram";
import { linkedSurfaceChart } from "../../src/notebook/charts/linked-surface";
import { marginalsChart } from "../../src/notebook/charts/panels";
import { essChart, ladderChart, rungNames } from "../../src/notebook/charts/rungs";
import { type ChartSpec, COLOURS, csvData, nameScale } from "../../src/notebook/charts/style";
import { temperatureChart } from "../../src/notebook/charts/temperatures";
import { surfaceChart } from "../../src/notebook/charts/surface";
import { renderSvg } from "../../src/notebook/picture";
import { forecastLadder } from "../../src/train/forecast";

const LADDER = [1200, 600, 300, 300];
const rng = createRng(7);
const surface = {
  title: "300 K",
  freeEnergy: Float64Array.from({ length: 400 }, (_, i) => (i % 7 === 0 ? Infinity : i / 40)),
};
const basin = { sampled: 0.01, sampledError: 0.002, reweighted: 0.001, reweightedError: 0.002 };

const CHARTS: Readonly<Record<string, ChartSpec>> = {
  surface: surfaceChart([surface]),
  "four surfaces": surfaceChart(["a", "b", "c", 'd, "e"'].map((title) => ({ ...surface, title }))),
  loss: lossChart(
    { iterations: LADDER, values: [1e6, 5, null, 3] },
    { title: "Loss", reference: { value: 1, label: "-log Z" } },
  ),
  ESS: essChart(
    LADDER.map((temperature) => ({ temperature, ess: 0.3 })),
    { reference: { value: 0, label: "straight" } },
  ),
  forecast: forecastChart(forecastLadder(LADDER, 30)),
  comparison: essCurvesChart(["a", "b"].map((name) => ({ name, rungs: [{ temperature: 300, ess: 0.5 }] }))),
  marginals: marginalsChart(["φ", "ψ"].map((title) => ({ title, series: [{ name: "sampled", values: [1, 2, 3] }] }))),
  "linked surface": linkedSurfaceChart(
    ["a", "b"].map((panel) => ({ panel, x: 0, y: 6, f: 0, share: 1, sums: [[0.5, 0.5], [3]] })),
    [
      { name: "φ", unit: "°", isTorsion: true },
      { name: "energy", unit: "kJ/mol", isTorsion: false },
    ],
    { x: "φ", y: "ψ", bins: 60, cut: 11 },
  ),
  ladder: ladderChart(LADDER, { title: "Ladder" }),
  basin: basinChart(LADDER.map((temperature) => ({ temperature, ...basin }))),
  temperatures: temperatureChart(
    LADDER.slice(0, 3).map((temperature) => ({ temperature, value: 6 - temperature / 400, error: 0.1 })),
    { truth: [{ temperature: 300, value: 5, error: NaN }], title: "Free energy" },
  ),
  "temperatures without a truth": temperatureChart([{ temperature: 1, value: NaN, error: NaN }]),
  histogram: histogramChart([{ name: "a", values: Float64Array.from({ length: 99 }, () => rng.normal()) }], {
    x: "energy (kJ/mol)",
  }),
};

/** The warnings of vega-lite's compiler. */
function warningsOf(spec: ChartSpec): string[] {
  const { compile } = require("vega-lite") as { compile(spec: object, options: object): unknown };
  const warnings: string[] = [];
  const take = (...args: unknown[]): unknown => (warnings.push(args.join(" ")), logger);
  const silent = (): unknown => logger;
  const logger: Record<string, unknown> = { level: silent, error: take, warn: take, info: silent, debug: silent };
  compile(spec, { logger });
  return warnings;
}

for (const [name, spec] of Object.entries(CHARTS)) {
  test(`the ${name} chart is a vega-lite v5 chart that compiles without a warning`, () => {
    assert.equal(spec.$schema, "https://vega.github.io/schema/vega-lite/v5.json");
    assert.deepEqual(warningsOf(spec), []);
  });
  test(`the ${name} chart is plain data`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  });
}

test("a surface draws one rectangle per bin at or below the cut, and nothing in empty ones", async () => {
  const svg = await renderSvg(surfaceChart([surface], { cut: 5 }));
  const expected = surface.freeEnergy.filter((f) => f <= 5).length;
  // The colours of the rectangles are rgb(...), those of all else are names or #rrggbb.
  const drawn = svg.match(/fill="rgb\(/g)?.length;
  assert.equal(drawn, expected);
});

test("the first torsion of a surface runs along x", async () => {
  const freeEnergy = new Float64Array(4).fill(Infinity);
  freeEnergy[1] = 0; // first bin of the first torsion, second of the second
  const svg = await renderSvg(surfaceChart([{ title: "", freeEnergy }]));
  assert.match(svg, /d="M0,0h150v150h-150Z"[^>]*fill="rgb/);
});

test("panels of one title are refused, for they would be drawn as one", () => {
  const series = [{ name: "sampled", values: [1, 2, 3] }];
  assert.throws(() => surfaceChart([surface, surface]), /surfaceChart: repeated title \(got "300 K" twice\)/);
  assert.throws(() => marginalsChart([{ title: "φ", series }, { title: "φ", series }]), /marginalsChart: repeated/); // prettier-ignore
});

test("surfaces of different sizes are refused", () => {
  assert.throws(
    () => surfaceChart([surface, { title: "", freeEnergy: [1] }]),
    /surfaceChart: mismatched panels \(got 2 with 400, 1 values\)/,
  );
  assert.throws(() => surfaceChart([]), /mismatched panels/);
  assert.throws(() => surfaceChart([{ title: "", freeEnergy: [1, 2] }]), /square number of bins/);
});

test("samples, weights and the truth have the same colours in every chart, and other names none of them", () => {
  assert.deepEqual(nameScale(["truth", "other", "sampled"]).range, [COLOURS[2], COLOURS[0], COLOURS[1]]);
  assert.deepEqual(nameScale(["sampled", "reweighted"]).range, [COLOURS[1], COLOURS[0]]);
  const other = nameScale([..."abcdefg"]).range;
  assert.deepEqual(other, [...COLOURS, COLOURS[0]]);
});

test("rungs of one temperature stand beside each other in a comparison", async () => {
  const rungs = [0.1, 0.4, 0.6].map((ess) => ({ temperature: 1, ess }));
  const svg = await renderSvg(essCurvesChart([{ name: "a", rungs }]));
  const places = [...svg.matchAll(/aria-roledescription="point"[^>]*transform="translate\(([\d.]+),/g)].map(([, x]) =>
    Number(x),
  );
  assert.equal(new Set(places).size, 3, svg.slice(0, 400));
});

test("temperatures that repeat on an axis are told apart", () => {
  assert.deepEqual(rungNames([1200, 349.96, 300, 300, 300]), ["1200", "350", "300", "300 (2)", "300 (3)"]);
  assert.deepEqual(rungNames([30, 18.45, 1]), ["30", "18.4", "1"]);
});

test("charts of nothing are drawn empty", async () => {
  for (const spec of [lossChart({ iterations: [], values: [] }), basinChart([])])
    assert.match(await renderSvg(spec), /^<svg/);
});

test("a histogram of nothing finite is refused", () => {
  assert.throws(() => histogramChart([{ name: "a", values: [NaN] }], { x: "x" }), /histogramChart: missing values/);
});

test("inline CSV quotes texts and leaves numbers that are not finite empty", () => {
  const data = csvData({ name: ['say "a, b"', "c"], value: [1 / 3, Infinity] }) as { values: string };
  assert.equal(data.values, 'name,value\n"say ""a, b""",0.3333333\n"c",');
});
