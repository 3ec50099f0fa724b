import assert from "node:assert/strict";
import { test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import { compareWithTruth, recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { trainForwardKl } from "../../src/experiments/baselines";
import { everySecond, loadTruth } from "../../src/experiments/truth";
import { createRng } from "../../src/numerics/random";
import { loadMixture, sampleMixture, scaleMixture } from "../../src/target/gmm";

test("exact samples of the mixture have its moments, and lie in every mode alike", () => {
  const mixture = loadMixture();
  const n = 40_000;
  const x = sampleMixture(mixture, n, createRng(1));
  const counts = new Array<number>(mixture.modes).fill(0);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    // In units of each mode's scale.
    const distances = counts.map((_, mode) =>
      [0, 1].reduce((sum, axis) => {
        const k = 2 * mode + axis;
        return sum + ((x[2 * i + axis]! - scaleMixture(mixture.means[k]!)) / (mixture.scales[k]! / 100)) ** 2;
      }, 0),
    );
    const nearest = Math.min(...distances);
    counts[distances.indexOf(nearest)]!++;
    squares += nearest / (2 * n);
  }
  // Modes overlap a little: nearest distances are below one standard deviation squared, and counts off by what crosses.
  assert.ok(squares > 0.9 && squares < 1.01, `${squares}`);
  for (const count of counts)
    assert.ok(Math.abs(count / n - 1 / 40) < 0.1 / 40 + 4 * Math.sqrt(1 / 40 / n), counts.join());
});

test("training and evaluation see different samples", () => {
  const [training, evaluation, again] = (["training", "evaluation", "evaluation"] as const).map((use) =>
    loadTruth("gmm", { use, samples: 50, seed: 3 }),
  );
  assert.notDeepEqual(training!.x, evaluation!.x);
  assert.deepEqual(evaluation, again);
});

test("forward KL on exact samples lowers the upper bound of log Z, and the record keeps the comparison", async () => {
  const { forwardKl, ...experiment } = findExperiment("gmm", "forward-kl", "smoke");
  const options = { ...forwardKl!, iterations: 150, batch: 256, samples: 5000 };
  const flow = { couplings: 4, hidden: 16, layers: 1, bins: 8, seed: 0 };
  const run = startRun({ ...experiment, flow, forwardKl: options }, { seed: 1, threads: 2 });
  const before = await compareWithTruth(run, await sampleRun(run, 2000));
  await trainForwardKl(run);
  const samples = await sampleRun(run, 2000);
  const after = await compareWithTruth(run, samples);
  const record = recordRun(run, samples, after);
  await run.setup.close();
  assert.ok(after!.forward!.eubo.value < before!.forward!.eubo.value - 0.3);
  assert.ok(after!.forward!.eubo.value > 0, "a bound of log Z = 0 from above");
  assert.deepEqual(record.metrics.truth, after);
  assert.deepEqual([record.evaluations, record.gradientSteps], [0, 150]); // its samples cost none; evaluation is not training
});

test("as many frames as are asked for are evenly spaced over all runs", () => {
  const all = loadTruth("aldp", { use: "training", samples: null, seed: 1 });
  const few = loadTruth("aldp", { use: "training", samples: 1000, seed: 1 });
  assert.deepEqual([all.n, few.n, few.runs.reduce((sum, count) => sum + count, 0)], [10_000, 1000, 1000]);
  few.runs.forEach((count, k) => assert.equal(count, all.runs[k]! / 10));
  assert.deepEqual(few.x.subarray(few.dof, 2 * few.dof), all.x.subarray(10 * all.dof, 11 * all.dof));
  assert.throws(
    () => loadTruth("gmm", { use: "training", samples: null, seed: 1 }),
    /invalid samples \(got null for gmm\)/,
  );
});

test("every second frame of each run is taken, from its first or its second", () => {
  // Runs of 3 and 2 frames of one coordinate.
  const x = Float32Array.of(10, 11, 12, 20, 21);
  assert.deepEqual(everySecond({ x, dof: 1, runs: [3, 2] }, 0), { n: 3, dof: 1, x: Float32Array.of(10, 12, 20), runs: [2, 1] }); // prettier-ignore
  assert.deepEqual(everySecond({ x, dof: 1, runs: [3, 2] }, 1), { n: 2, dof: 1, x: Float32Array.of(11, 21), runs: [1, 1] }); // prettier-ignore
});
