/** The quickstart as people use it: a real JupyterLab in a real browser. Not part of `npm test`: `npm run test:browser`. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { difference, FIGURES, TOLERANCE, writeFigures } from "./figures";
import { type Lab, newPage, ROOT, startBrowser, startLab, stored } from "./lab";
import { type NotebookPage, openNotebook } from "./notebook-page";
import { FOLDER, writeSmallQuickstart } from "./small-quickstart";
import { writeNotebook } from "./write-notebook";

const PORT = 18_888;
const MINUTE = 60_000;

let lab: Lab;
let browser: Browser;
let page: Page;
let errors: string[];
let notebook: NotebookPage;
let figures: NotebookPage | undefined;

before(async () => {
  lab = await startLab(PORT);
  browser = await startBrowser();
  ({ page, errors } = await newPage(browser));
});
after(async () => {
  await browser?.close();
  await lab?.stop();
});

/** Iterations done, as a progress display writes them: 1,234/2,000. */
function stepOf(text: string): number {
  const all = [...text.matchAll(/([\d,]+)\/[\d,]+</g)];
  return Number(all.at(-1)?.[1]?.replaceAll(",", "") ?? 0);
}

/** Charts and other pictures that a cell put out are drawn, not their still pictures shown in their place. */
async function checkPictures(cell: string): Promise<number> {
  const outputs = await notebook.outputs(cell);
  const elements = await notebook.drawn(cell);
  const failure = outputs.find(({ name }) => name === "stderr");
  assert.equal(failure, undefined, `${cell}: ${[failure?.text ?? ""].flat().join("")}`);
  let pictures = 0;
  for (const [i, { data }] of outputs.entries()) {
    if (data?.["image/png"] === undefined) continue;
    pictures++;
    // What is no drawing is a chart: if nothing draws it, JupyterLab shows its still picture, and all looks well.
    const kind = data["image/svg+xml"] === undefined ? ".vega-embed canvas, .vega-embed svg" : "img, svg";
    const picture = await elements[i]!.waitForSelector(kind, { timeout: 10_000 });
    const box = await picture.boundingBox();
    assert.ok(box && box.width > 100 && box.height > 60, `${cell}: picture ${i} is ${JSON.stringify(box)}`);
  }
  return pictures;
}

test("a second start on a busy port takes the next one and says so; neither answers without its token", async () => {
  const second = await startLab(PORT);
  try {
    assert.match(second.said(), /Port 18888 is busy, using 18889\./);
    assert.equal(second.url.port, "18889");
    for (const { url } of [lab, second]) {
      assert.equal((await fetch(`${url.origin}/api/contents`)).status, 403);
    }
  } finally {
    await second.stop();
  }
});

test("the quickstart opens with its kernel, without a question", async () => {
  await page.goto(lab.url.href);
  await page.locator(".jp-NotebookPanel").waitFor({ timeout: MINUTE });
  await page
    .locator(".lm-TabBar-tab.jp-mod-current", { hasText: "00-quickstart" })
    .first()
    .waitFor({ timeout: MINUTE });
  await page
    .locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Toolbar-kernelName:has-text("TypeScript (tslab)")')
    .waitFor({ timeout: MINUTE });
  assert.equal(await page.locator(".jp-Dialog").count(), 0);
});

test("the launcher offers our kernel alone", async () => {
  await page.keyboard.press("Control+Shift+L");
  await page.locator(".jp-LauncherCard").first().waitFor();
  const kernels = await page
    .locator('.jp-LauncherCard[data-category="Notebook"] .jp-LauncherCard-label')
    .allInnerTexts();
  assert.deepEqual(
    kernels.map((label) => label.trim()),
    ["TypeScript (tslab)"],
  );
});

test("progress moves while a run trains, and the stop button ends it with the kernel idle", async () => {
  notebook = await openNotebook(page, lab, writeSmallQuickstart());
  await notebook.runAll();
  const training = "follow(run, trainReverseKl)";
  const first = stepOf(await notebook.waitSaid(training, /[1-9]\d*\/400</, MINUTE));
  const later = stepOf(
    await notebook.waitSaid(training, new RegExp(`(${first + 3}|${first + 4}|${first + 5}|[1-9]\\d\\d)/400<`), MINUTE),
  );
  assert.ok(later > first, `${first}, then ${later}`);
  await notebook.pressStop();
  const end = await notebook.waitSaid(training, /Run this cell again to go on/, 20_000);
  assert.match(end, /stopped in/);
  await notebook.waitIdle(10_000);
  assert.ok(stepOf(end) < 400, `stopped at ${stepOf(end)}`);
  assert.deepEqual(await notebook.outputs("follow(run, annealDown"), [], "cells behind the stopped one were run");
});

test("the cell run again goes on where it stopped", async () => {
  const training = "follow(run, trainReverseKl)";
  const stopped = stepOf(await notebook.said(training));
  await notebook.runCell(training);
  const going = stepOf(await notebook.waitSaid(training, /\d+\/400<(?!.*Run this cell)/s, MINUTE));
  assert.ok(going > stopped, `stopped at ${stopped}, went on at ${going}`);
  await notebook.waitSaid(training, /400\/400<.*done in/s, 2 * MINUTE);
  await notebook.waitIdle(10_000);
});

test("annealing stops and goes on likewise, and the rest of the notebook draws every chart", async () => {
  const annealing = "follow(run, annealDown";
  await notebook.runCell(annealing);
  await notebook.waitSaid(annealing, /\d+\/40</, MINUTE);
  await notebook.pressStop();
  await notebook.waitSaid(annealing, /Run this cell again to go on/, 20_000);
  await notebook.waitIdle(10_000);
  await notebook.runCell(annealing);
  await notebook.waitSaid(annealing, /Annealing at 1000 K.*40\/40<.*done in/s, 2 * MINUTE);
  await notebook.waitIdle(10_000);
  await notebook.runCell("lossChart(");
  await notebook.runFrom("recordRun(run, samples");
  await notebook.waitIdle(2 * MINUTE);
  let charts = 0;
  for (const source of await notebook.sources()) charts += await checkPictures(source);
  assert.equal(charts, 8);
  assert.deepEqual(errors, []);
});

test("another ladder is annealed, and compared with the first", async () => {
  const sources = await notebook.sources();
  const ladder = sources.find((source) => source.includes("const myLadder"))!;
  await notebook.edit("const myLadder", ladder.replace(/= \[[^\]]*\]/, "= [1200, 1000]"));
  await notebook.runFrom("const myLadder");
  await notebook.waitIdle(2 * MINUTE);
  assert.equal(await checkPictures("const myLadder"), 1);
  assert.equal(await checkPictures("compare("), 1);
  assert.match(await notebook.said("compare("), /my ladder/);
  assert.deepEqual(errors, []);
});

test("a restarted kernel leaves no process and no half-written file behind", async () => {
  const before = kernels();
  await notebook.runCell("follow(run, trainReverseKl)"); // done already: ends at once, its threads alive
  await notebook.waitIdle(20_000);
  await notebook.restart();
  await notebook.waitIdle(20_000);
  const now = kernels();
  assert.equal(now.length, before.length, "kernels after the restart");
  assert.equal(now.filter((id) => !before.includes(id)).length, 1, "new kernels");
  const files = readdirSync(path.join(ROOT, FOLDER, ".."), { recursive: true }).map(String);
  assert.deepEqual(
    files.filter((file) => file.endsWith(".tmp")),
    [],
  );
});

/** Work of a minute that one cell begins; its translation alone takes a third of a second, its compilation a second. */
const LONG = `import { findExperiment, follow, startRun, trainReverseKl } from "tabg";
await follow(startRun(findExperiment("aldp", "ta-bg", "smoke"), { seed: 1 }), trainReverseKl);`;

test("a press is heard whenever it comes: while a cell is translated, imports, compiles, begins", async () => {
  notebook = await openNotebook(page, lab, writeNotebook(`${FOLDER}/press.ipynb`, [LONG]));
  const ended = async (when: string): Promise<void> => {
    await notebook.waitIdle(10_000).catch((error: unknown) => assert.fail(`${when}: ${String(error)}`));
    const end = await notebook.said(LONG);
    assert.match(end, /[Ii]nterrupted|Stopped after step/, when);
    // No work has been left going on behind an idle kernel.
    await page.waitForTimeout(500);
    assert.equal(await notebook.said(LONG), end, when);
  };
  for (const pause of [0, 50, 100, 150, 200, 300, 400, 600, 800, 1000]) {
    await notebook.clear();
    await notebook.runCell(LONG);
    await page.waitForTimeout(pause);
    await notebook.pressStop();
    await ended(`pressed after ${pause} ms`);
  }
  // On a busy machine a press can reach the kernel before the cell that it is meant for.
  await notebook.clear();
  await notebook.pressStop();
  await notebook.runCell(LONG);
  await ended("pressed before");
});

for (const name of Object.keys(FIGURES)) {
  test(`the ${name} figure is drawn as it was (UPDATE_FIGURES=1 stores it anew)`, async () => {
    if (!figures) {
      figures = await openNotebook(page, lab, writeFigures());
      await figures.runAll();
      await figures.waitIdle(2 * MINUTE);
    }
    notebook = figures;
    const cell = `// figure: ${name}`;
    assert.equal(await checkPictures(cell), 1, await figures.said(cell));
    const [output] = await figures.drawn(cell);
    const drawn = await (await output!.$(".vega-embed canvas, .vega-embed svg, img, svg"))!.screenshot();
    const file = stored("figures", `${name}.png`);
    if (process.env.UPDATE_FIGURES) writeFileSync(file, drawn);
    const share = await difference(page, drawn, readFileSync(file));
    if (share > TOLERANCE) writeFileSync(path.join(ROOT, FOLDER, `${name}-now.png`), drawn);
    assert.ok(
      share <= TOLERANCE,
      `${(100 * share).toFixed(1)} % of its points differ; as it is now: ${FOLDER}/${name}-now.png`,
    );
    assert.deepEqual(errors, []);
  });
}

test("a mark on a surface changes the table beside it", async () => {
  const [output] = await notebook.drawn("// figure: linked");
  const canvas = (await output!.$(".vega-embed canvas"))!;
  const before = await canvas.screenshot();
  const box = (await canvas.boundingBox())!;
  await page.mouse.move(box.x + 100, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 180, box.y + 160, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.waitForTimeout(500);
  const after = await canvas.screenshot();
  // The table is the right quarter: its numbers are other ones now.
  assert.ok((await difference(page, before, after)) > 0.002);
  assert.deepEqual(errors, []);
});

/** Ids of the kernels' processes that our server runs. */
function kernels(): string[] {
  const list = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" });
  const processes = list.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  const children = (parent: string): string[] =>
    processes.flatMap(([, pid, ppid]) => (pid !== undefined && ppid === parent ? [pid, ...children(pid)] : []));
  const ours = children(String(lab.process.pid));
  return processes.flatMap(([, pid, , args]) => (ours.includes(pid!) && args!.includes("tslab kernel") ? [pid!] : []));
}
