/// <reference lib="dom" />
/**
 * What a person waits for in JupyterLab, measured in a real browser: `npm run bench:lab [-- start stop work cost lag]`, on a machine with nothing else to do. No test:
 * it prints seconds, and what the display costs as a ratio.
 */
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { oneOf } from "../../src/io/one-of";
import { quantile } from "../../src/numerics/quantile";
import { type Lab, newPage, ROOT, startBrowser, startLab } from "./lab";
import { type NotebookPage, openNotebook } from "./notebook-page";
import { processorTime, type ProcessorTime } from "./processor-time";
import { writeNotebook } from "./write-notebook";

const FOLDER = "runs/timings/notebooks";
const REPEATS = 5;
const MINUTE = 60_000;
/** Of four laps each; the first round warms up. */
const COST_ROUNDS = 13;

/** The first cell of a notebook that draws something. */
const FIRST_CHART = `import { essChart, geometricLadder, show } from "tabg";
await show(essChart(geometricLadder({ from: 1200, to: 300, steps: 9 }).map((temperature, i) => ({ temperature, ess: 0.2 + 0.02 * i }))));`;

const SETUP = `import {
  annealDown, branchRun, createProgress, dataPath, findExperiment, follow, followGroundTruth, loadRun, snapshotFlow, startRun, trainReverseKl, trainingProgress,
} from "tabg";
const experiment = findExperiment("aldp", "ta-bg", "laptop");
const run = startRun(experiment, { seed: 1 });
// Longer than all that is measured of it.
const long = startRun({ ...experiment, reverseKl: { ...experiment.reverseKl, iterations: 100_000 } }, { seed: 3 });
const recorded = loadRun(dataPath("aldp", "runs", "ta-bg-laptop-1"));
const again = (samples) => branchRun(recorded, snapshotFlow(recorded, 300), {
  seed: 1, ladder: [300, 300], anneal: { samples, buffer: samples, maxSamples: 0, passes: null, iterations: 5000, essFloor: 0, refinement: null },
});
const filling = again(10_000_000), teaching = again(20_000);
console.log("ready");`;

/** Work that the button ends: the cell, and what it says once that work is under way. */
const STOPPED: readonly { readonly what: string; readonly cell: string; readonly underWay: RegExp | null }[] = [
  {
    what: "compiling",
    cell: `await follow(startRun(experiment, { seed: 2 }), trainReverseKl)`,
    underWay: null,
  },
  { what: "reverse KL", cell: `await follow(run, trainReverseKl)`, underWay: /\/5,000<.* left/s },
  {
    what: "filling a buffer",
    cell: `await follow(filling, annealDown)`,
    underWay: /Sampling.*\/10,000,000<.* left/s,
  },
  { what: "annealing", cell: `await follow(teaching, annealDown)`, underWay: /Annealing.*\/5,000<.* left/s },
  {
    what: "parallel tempering (hexa)",
    cell: `await followGroundTruth("hexa", "../truth", { preset: "full" })`,
    underWay: /\/152,000<.* left/s,
  },
];

/** Laps of training with the display and without it, in the order plain, shown, shown, plain, so that a drift of the machine falls on both. */
const COST = `const laps = [];
const progress = trainingProgress();
for (let k = 0; k < ${4 * COST_ROUNDS}; k++) {
  const isShown = k % 4 === 1 || k % 4 === 2;
  const enough = new AbortController();
  let steps = 0;
  const begin = performance.now();
  await trainReverseKl(long, { signal: enough.signal, onProgress: (told) => {
    if (isShown) progress.onProgress(told);
    if (++steps === 100) enough.abort();
  } });
  laps.push(Math.round(performance.now() - begin));
}
console.log("laps " + laps.join(" "));`;

/** A display as training feeds it, every 45 ms, while nothing trains: what it works itself; and as long without it. */
const OWN_WORK_SECONDS = 20;
const ownWork = (isShown: boolean): string => `const shown = trainingProgress();
for (let step = 1, end = performance.now() + ${OWN_WORK_SECONDS * 1000}; performance.now() < end; step++) {
  await new Promise((resolve) => setTimeout(resolve, 45));
  ${isShown ? 'shown.onProgress({ stage: "reverse KL", temperature: 1200, step, steps: 5000, loss: 190 + 100 / step, gradientNorm: 30 + (step % 7), ess: null, evaluations: 512 * step });' : ""}
}
console.log("worked ${isShown ? "shown" : "plain"}");`;

/** Every state that is drawn says when it was true. */
const LAG = `const enough = new AbortController();
setTimeout(() => enough.abort(), 15_000);
const lagging = createProgress({ title: "lag", steps: 100_000 });
await trainReverseKl(long, { signal: enough.signal, onProgress: ({ step, loss, gradientNorm }) => lagging.update(step, { loss, "gradient norm": gradientNorm, sent: String(Date.now()) }) });`;

const report = (what: string, values: readonly number[], unit = "s"): void =>
  console.log(`${what.padEnd(44)} ${values.map((v) => v.toFixed(2)).join("  ")} ${unit}`);

/** From a restart of the kernel to the first chart on the screen. */
async function measureStart(page: Page, lab: Lab): Promise<void> {
  const notebook = await openNotebook(page, lab, writeNotebook(`${FOLDER}/start.ipynb`, [FIRST_CHART]));
  const values: number[] = [];
  for (let k = 0; k < REPEATS; k++) {
    const begin = performance.now();
    await notebook.restart();
    await notebook.waitIdle(MINUTE);
    await notebook.clear();
    await notebook.runAll();
    await page.locator(".vega-embed canvas, .vega-embed svg").first().waitFor({ timeout: MINUTE });
    values.push((performance.now() - begin) / 1e3);
    await notebook.waitIdle(MINUTE);
  }
  report("kernel restarted to first chart", values);
}

async function measureStops(page: Page, notebook: NotebookPage): Promise<void> {
  for (const { what, cell, underWay } of STOPPED) {
    const values: number[] = [];
    for (let k = 0; k < REPEATS; k++) {
      await notebook.clear();
      await notebook.runCell(cell);
      if (underWay) await notebook.waitSaid(cell, underWay, 2 * MINUTE);
      // At another moment of the work each time.
      await page.waitForTimeout(700 + 230 * k);
      const begin = performance.now();
      await notebook.pressStop();
      await notebook.waitIdle(MINUTE);
      values.push((performance.now() - begin) / 1e3);
      const said = await notebook.said(cell);
      if (!/stopped in|interrupted by/.test(said)) console.log(`  ${what}: not stopped: ${said.slice(0, 200)}`);
    }
    report(`stop pressed to kernel idle: ${what}`, values);
  }
}

/**
 * How much longer training takes with its display: the median over rounds, for a neighbour of the machine that takes a lap's time falls on single ones, with the
 * standard error that the quartiles tell of it. The toolbar of an active cell costs more.
 */
async function measureCost(page: Page, notebook: NotebookPage, how: "runAndAdvance" | "runCell"): Promise<void> {
  await notebook.clear();
  await notebook[how](COST);
  // Looking at the page costs time too: not while it is measured.
  await page.waitForTimeout(3 * MINUTE);
  await notebook.waitSaid(COST, /laps/, 10 * MINUTE);
  const laps = /laps ([\d ]+)/
    .exec(await notebook.said(COST))![1]!
    .split(" ")
    .map(Number);
  const shares = Array.from({ length: COST_ROUNDS - 1 }, (_, k) => {
    const [plain, shown, shownAgain, plainAgain] = laps.slice(4 * (k + 1)) as [number, number, number, number];
    return 100 * ((shown + shownAgain) / (plain + plainAgain) - 1);
  });
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((q) => quantile(shares, q)) as [number, number, number];
  // Of normal values the quartiles are 1.349 deviations apart, and the median's error is 1.253 times the mean's.
  const error = (1.253 * (upper - lower)) / 1.349 / Math.sqrt(shares.length);
  report(`display costs (${how}): median, error`, [median, error], "% of training");
  const sorted = [...shares].sort((a, b) => a - b);
  report("  of each round", sorted, "%");
  await notebook.waitIdle(MINUTE);
}

/**
 * The processor time that a display takes, as a share of what this machine has: where training keeps all of it busy, training is longer by as much. Unlike the
 * difference of two times of training it does not scatter with the machine's neighbours.
 */
async function measureOwnWork(page: Page, notebook: NotebookPage, how: "runAndAdvance" | "runCell"): Promise<void> {
  const spent = async (isShown: boolean): Promise<ProcessorTime> => {
    await notebook.clear();
    const before = processorTime();
    await notebook[how](ownWork(isShown));
    await page.waitForTimeout(1000 * OWN_WORK_SECONDS);
    await notebook.waitSaid(ownWork(isShown), /worked (shown|plain)/, MINUTE);
    const after = processorTime();
    await notebook.waitIdle(MINUTE);
    const { kernel, browser, server } = before;
    return { kernel: after.kernel - kernel, browser: after.browser - browser, server: after.server - server };
  };
  const percent = (seconds: number): number => (100 * seconds) / OWN_WORK_SECONDS / availableParallelism();
  await spent(true); // compiled, and drawn once
  const values: number[] = [];
  for (let k = 0; k < REPEATS; k++) {
    const [plain, shown] = [await spent(false), await spent(true)];
    const shares = (["kernel", "browser", "server"] as const).map((part) => percent(shown[part] - plain[part]));
    values.push(shares.reduce((sum, one) => sum + one, 0));
    report("  all; kernel, browser, server", [values.at(-1)!, ...shares], "%");
  }
  report(`display's own work (${how}): median`, [quantile(values, 0.5)], "% of the processors");
}

/** How old the number on the screen is, at the most, looked at fifty times a second. */
async function measureLag(page: Page, notebook: NotebookPage): Promise<void> {
  await notebook.runCell(LAG);
  await notebook.waitSaid(LAG, /sent \d+/, MINUTE);
  const ages = await page.evaluate(async () => {
    const seen: number[] = [];
    for (let k = 0; k < 500; k++) {
      const sent = [...document.querySelectorAll(".jp-OutputArea-output")].map(
        (e) => /sent (\d+)/.exec(e.textContent ?? "")?.[1],
      );
      const last = sent.filter((s) => s !== undefined).at(-1);
      if (last !== undefined) seen.push((Date.now() - Number(last)) / 1e3);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return seen.sort((a, b) => a - b);
  });
  report(
    "age of the progress shown: median, 95 %, most",
    [0.5, 0.95, 1].map((q) => ages[Math.ceil(q * ages.length) - 1]!),
  );
  await notebook.waitIdle(MINUTE);
}

async function main(): Promise<void> {
  rmSync(path.join(ROOT, path.dirname(FOLDER)), { recursive: true, force: true });
  const wanted = process.argv
    .slice(2)
    .map((name) => oneOf("bench:lab", "part", name, ["start", "stop", "work", "cost", "lag"]));
  const isWanted = (what: (typeof wanted)[number]): boolean => wanted.length === 0 || wanted.includes(what);
  const lab = await startLab(18_988);
  const browser = await startBrowser();
  try {
    const { page } = await newPage(browser);
    if (isWanted("start")) await measureStart(page, lab);
    const cells = [SETUP, ...STOPPED.map(({ cell }) => cell), COST, LAG, ownWork(false), ownWork(true)];
    const notebook = await openNotebook(page, lab, writeNotebook(`${FOLDER}/stop.ipynb`, cells));
    await notebook.runCell(SETUP);
    await notebook.waitSaid(SETUP, /^ready/m, MINUTE);
    await notebook.waitIdle(MINUTE);
    if (isWanted("stop")) await measureStops(page, notebook);
    if (isWanted("work")) {
      await measureOwnWork(page, notebook, "runAndAdvance");
      await measureOwnWork(page, notebook, "runCell");
    }
    if (isWanted("cost")) {
      await measureCost(page, notebook, "runAndAdvance");
      await measureCost(page, notebook, "runCell");
    }
    if (isWanted("lag")) await measureLag(page, notebook);
  } finally {
    await browser.close();
    await lab.stop();
  }
}

void main();
