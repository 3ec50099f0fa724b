import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, lackOf } from "../../src/engine/devices";
import { findExperiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { initReverseKl, stepReverseKl } from "../../src/train/reverse-kl";

const ITERATIONS = 24;

/** Losses of the quickstart's first iterations. */
async function losses(device: Device): Promise<number[]> {
  const experiment = findExperiment("aldp", "ta-bg", "smoke");
  const run = startRun(experiment, { seed: 1, threads: 2, device });
  let state = initReverseKl(run.rng);
  const values: number[] = [];
  for (let i = 0; i < ITERATIONS; i++) {
    const [next, info] = await stepReverseKl(run.setup.model, experiment.reverseKl!, state);
    state = next;
    values.push(info.loss);
  }
  await run.setup.close();
  return values;
}

test("TensorFlow trains the quickstart's flow to the losses of ONNX Runtime, or its lack is named", async () => {
  if (lackOf("tensorflow") !== null) {
    await assert.rejects(losses("tensorflow"), /missing TensorFlow \(.+\), expected .+; run npm run engine:tensorflow/);
    return;
  }
  const [ours, theirs] = [await losses("cpu"), await losses("tensorflow")];
  assert.ok(ours.at(-1)! < 0.5 * ours[0]!); // it trains
  // Measured: within 6e-6 for 27 iterations; after that two libraries' roundings take different paths.
  ours.forEach((loss, i) =>
    assert.ok(Math.abs(loss - theirs[i]!) < 1e-4 * Math.abs(loss), `${i}: ${loss}, ${theirs[i]}`),
  );
});
