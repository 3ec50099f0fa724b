import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createLiveCurve } from "../../src/notebook/live-curve";
import { createProgress } from "../../src/notebook/progress";

/** A display on a clock that only the test moves. */
function manualProgress(steps: number) {
  const lines: string[] = [];
  let now = 0;
  const options = { title: "Reverse KL", steps, clock: () => now, print: (line: string) => lines.push(line) };
  return { lines, progress: createProgress(options), advance: (ms: number) => (now += ms) };
}

test("outside a notebook progress is a line every five seconds and one at the end", () => {
  const { lines, progress, advance } = manualProgress(40);
  for (let step = 1; step <= 40; step++) {
    advance(300);
    progress.update(step, { loss: -170.5 - step / 100, ESS: "32 %" });
  }
  progress.finish();
  assert.deepEqual(lines, [
    "Reverse KL: 42 %, 17/40, 3.33/s, 6.9 s left, loss -170.67, ESS 32 %",
    "Reverse KL: 85 %, 34/40, 3.33/s, 1.8 s left, loss -170.84, ESS 32 %",
    "Reverse KL: 100 %, 40/40, 3.33/s, done in 12 s, loss -170.90, ESS 32 %",
  ]);
});

test("work that was stopped, or never began, says so", () => {
  const { lines, progress, advance } = manualProgress(10);
  progress.finish("stopped");
  advance(1000);
  progress.update(3, { loss: NaN, ess: null });
  progress.finish("stopped");
  assert.deepEqual(lines, ["Reverse KL: 0 %, 0/10", "Reverse KL: 30 %, 3/10, 3/s, stopped in 1.0 s, loss –, ess –"]);
});

test("lines also go to the file that TABG_PROGRESS names", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
  process.env.TABG_PROGRESS = path.join(folder, "progress.log");
  try {
    const { lines, progress } = manualProgress(1);
    progress.finish();
    assert.equal(readFileSync(process.env.TABG_PROGRESS, "utf8"), lines.join("\n") + "\n");
  } finally {
    delete process.env.TABG_PROGRESS;
    rmSync(folder, { recursive: true });
  }
});

test("a live curve stays small however many points it is given", () => {
  const curve = createLiveCurve({ label: "loss (kT)" }, 100_000);
  for (let step = 0; step < 100_000; step++) curve.add(step, step === 0 ? 1e6 : NaN * (step % 2) || 1000 / (step + 1));
  const points = /points="([^"]*)"/.exec(curve.svg())?.[1]?.split(" ") ?? [];
  assert.ok(points.length >= 200 && points.length < 400, `got ${points.length} points`);
  assert.ok(points.every((point) => point.split(",").every((coordinate) => Number.isFinite(Number(coordinate)))));
});

test("a live curve without points is an empty frame", () => {
  assert.match(createLiveCurve({ label: "loss" }, 10).svg(), /^<svg.*points=""/);
});
