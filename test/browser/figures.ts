/** Every chart of the package on data that never changes, as cells of a notebook; and the comparison of what is drawn with what was. */
import type { Page } from "playwright-core";
import { FOLDER } from "./small-quickstart";
import { writeNotebook } from "./write-notebook";

/** By name: the expression that ends the cell. */
export const FIGURES: Readonly<Record<string, string>> = {
  surface: `surfaceChart(["sampled", "reweighted"].map((title) => ({ title, freeEnergy })), { cut: 11 })`,
  loss: `lossChart({ iterations: wave.map((_, i) => i), values: wave.map((w, i) => 1e4 / (i + 1) ** 3 + w) })`,
  ess: `essChart(ladder.map((temperature, i) => ({ temperature, ess: 0.2 + 0.05 * i })), { reference: { value: 0.01, label: "straight" } })`,
  forecast: `forecastLadder(ladder, 30)`,
  basin: `basinChart(ladder.map((temperature, i) => ({ temperature, sampled: 0.2 / (i + 1), sampledError: 0.01, reweighted: 0.1 / (i + 1), reweightedError: 0.02 })))`,
  histogram: `histogramChart([{ name: "a", values: wave }, { name: "b", values: wave.map((w) => w + 1) }], { x: "log weight (kT)" })`,
  comparison: `essCurvesChart(["first", "second"].map((name, k) => ({ name, rungs: ladder.map((temperature, i) => ({ temperature, ess: 0.1 * (k + 1) + 0.03 * i })) })))`,
  marginals: `marginalsChart(["φ (°)", "ψ (°)"].map((title) => ({ title, range: [-180, 180] as [number, number], series: [{ name: "sampled", values: wave.map((w) => 60 * w) }, { name: "truth", values: wave.map((w) => 50 * w) }] })))`,
  linked: `exploreSurface(run, samples, 300)`,
  molecule: `moleculeDrawing(loadSystem("tetra"))`,
};

/** Shares of a picture's points whose colour may differ: edges of letters and lines, drawn a little otherwise by another Chromium. */
export const TOLERANCE = 0.02;

const DATA = `import {
  basinChart, createRng, essChart, essCurvesChart, exploreSurface, findExperiment, forecastLadder, geometricLadder, histogramChart, loadSystem, lossChart,
  marginalsChart, moleculeDrawing, sampleRun, startRun, surfaceChart,
} from "tabg";
const ladder = geometricLadder({ from: 1200, to: 300, steps: 4 });
const wave = Array.from({ length: 2000 }, (_, i) => Math.sin(0.1 * i) + Math.cos(0.37 * i));
const freeEnergy = Array.from({ length: 10000 }, (_, i) => 6 - 3 * Math.cos(i / 1592) - 3 * Math.cos((i % 100) / 8));
const rng = createRng(1);
const molecule = loadSystem("aldp");
const run = { experiment: findExperiment("aldp", "ta-bg", "smoke"), setup: { molecule, target: { boltzmann: 0.0083 } } } as any;
const n = 4000;
const samples = {
  n, dof: 60, x: Float32Array.from({ length: 60 * n }, (_, k) => (k % 60 < 40 ? rng.uniform() : 0.3 + 0.2 * rng.normal())),
  logQ: new Float64Array(n), energy: Float64Array.from({ length: n }, () => rng.normal()), logDet: new Float64Array(n),
} as any;`;

/** Writes the notebook; returns its path from the project's root. */
export const writeFigures = (): string =>
  writeNotebook(`${FOLDER}/figures.ipynb`, [
    DATA,
    ...Object.entries(FIGURES).map(([name, code]) => `// figure: ${name}\n${code}`),
  ]);

/** The share of points whose colours differ visibly; 1 if the sizes differ by more than a few points. */
export async function difference(page: Page, a: Buffer, b: Buffer): Promise<number> {
  const urls = [a, b].map((png) => `data:image/png;base64,${png.toString("base64")}`);
  return page.evaluate(async ([first, second]) => {
    const load = async (url: string): Promise<ImageBitmap> => createImageBitmap(await (await fetch(url)).blob());
    const images = [await load(first!), await load(second!)];
    const [width, height] = [0, 1].map((axis) =>
      Math.min(...images.map((image) => (axis ? image.height : image.width))),
    );
    if (images.some((image) => image.width - width! > 8 || image.height - height! > 8)) return 1;
    const points = images.map((image) => {
      const context = new OffscreenCanvas(width!, height!).getContext("2d")!;
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, width!, height!).data;
    });
    let different = 0;
    for (let i = 0; i < points[0]!.length; i += 4) {
      const apart = [0, 1, 2].some((channel) => Math.abs(points[0]![i + channel]! - points[1]![i + channel]!) > 64);
      if (apart) different++;
    }
    return different / (width! * height!);
  }, urls);
}
