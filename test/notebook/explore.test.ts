import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../../src/experiments/run";
import type { ChartSpec } from "../../src/notebook/charts/style";
import { energySeries, marginalPanels, weightSeries } from "../../src/notebook/distributions";
import { exploreSurface } from "../../src/notebook/explore";
import { createRng } from "../../src/numerics/random";
import { createSamples } from "../../src/target/samples";
import { loadSystem } from "../../src/target/molecule";

const molecule = loadSystem("aldp");
const target = { boltzmann: 0.0083 };
const run = { experiment: { system: "aldp" }, setup: { target, molecule } } as unknown as Run;

const rng = createRng(3);
const samples = createSamples(500, 60);
samples.x.forEach((_, k) => (samples.x[k] = rng.uniform()));
samples.energy.forEach((_, k) => (samples.energy[k] = -80 + rng.normal()));
samples.logQ.forEach((_, k) => (samples.logQ[k] = -samples.energy[k]! / (0.0083 * 300) + 0.1 * rng.normal()));

/** What the chart's own transforms make of all bins: the text of the table without a mark, by panel. */
async function tableTexts(spec: ChartSpec): Promise<Map<string, string[]>> {
  const { compile } = require("vega-lite") as { compile(spec: object): { spec: object } };
  const vega = require("vega") as {
    parse(spec: object): object;
    View: new (
      parsed: object,
      options: object,
    ) => {
      runAsync(): Promise<void>;
      data(name: string): Record<string, string>[];
      getState(): { data: object };
      finalize(): void;
    };
  };
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  await view.runAsync();
  const names = (compile(spec).spec as { data: { name: string }[] }).data.map(({ name }) => name);
  const rows = names.map((name) => view.data(name)).find((data) => data[0] && "row" in data[0] && "text" in data[0])!;
  view.finalize();
  const texts = new Map<string, string[]>();
  for (const { panel, text } of rows) texts.set(panel!, [...(texts.get(panel!) ?? []), text!]);
  return texts;
}

test("without a mark the table describes all samples, as they are and weighted", async () => {
  const texts = await tableTexts(exploreSurface(run, samples, 300, { coordinates: ["φ"] }));
  assert.deepEqual([...texts.keys()], ["sampled, 300 K", "reweighted, 300 K"]);
  const mean = samples.energy.reduce((sum, energy) => sum + energy, 0) / samples.n;
  const phi = marginalPanels(molecule, target, samples, 300, { coordinates: ["φ"] })[0]!.series[0]!.values;
  const sum = (f: (radians: number) => number): number =>
    Array.from(phi, (degrees) => f((degrees * Math.PI) / 180)).reduce((a, b) => a + b);
  const direction = (Math.atan2(sum(Math.sin), sum(Math.cos)) * 180) / Math.PI;
  const shown = (value: number): string => value.toFixed(1).replace("-", "−");
  assert.deepEqual(texts.get("sampled, 300 K"), [
    "100.00 %",
    "0.00 kT",
    `${shown(direction)}°`,
    `${shown(mean)} kJ/mol`,
  ]);
});

test("a residue or a coordinate that is not there is refused", () => {
  assert.throws(
    () => exploreSurface(run, samples, 300, { pair: 1 }),
    /unknown pair \(got 1 of aldp\), expected one of its 1/,
  );
  assert.throws(() => exploreSurface(run, samples, 300, { coordinates: ["ω"] }), /unknown coordinate \(got "ω"\)/);
});

test("log weights stand about their mean weight, and energies are weighted by them", () => {
  const { values } = weightSeries(target, samples, 300);
  const mean = Array.from(values, Math.exp).reduce((a, b) => a + b) / samples.n;
  assert.ok(Math.abs(mean - 1) < 1e-12);
  const [sampled, reweighted] = energySeries(target, samples, 300);
  assert.equal(sampled!.weights, undefined);
  const ratio = reweighted!.weights![0]! / reweighted!.weights![1]!;
  assert.ok(Math.abs(ratio / Math.exp(values[0]! - values[1]!) - 1) < 1e-10);
});
