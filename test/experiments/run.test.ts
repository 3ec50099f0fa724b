import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { findExperiment } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { annealDown, trainReverseKl } from "../../src/experiments/stages";
import type { Samples } from "../../src/target/samples";
import { CALL, tiny } from "./tiny";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("the samples of a rung are forgotten while the next ones are trained on", async () => {
  const { anneal, ...experiment } = findExperiment("gmm", "ta-bg", "smoke");
  const run = startRun(
    {
      ...experiment,
      flow: { couplings: 2, hidden: 8, layers: 1, bins: 4, seed: 0 },
      anneal: { ...anneal!, ladder: [30, 25, 20, 15], samples: 100, iterations: 10, batch: 32, essFloor: 0 },
    },
    { seed: 1, threads: 2 },
  );
  const seen: WeakRef<Samples>[] = [];
  const kept: number[] = [];
  await annealDown(run, {
    onProgress({ step, steps }) {
      collect();
      // At the end of a rung's training, many turns of the loop after the last rung: within one turn a WeakRef holds what it refers to.
      if (step === steps) kept.push(seen.filter((samples) => samples.deref()).length);
    },
    onRung: ({ samples }) => seen.push(new WeakRef(samples)),
  });
  await run.setup.close();
  assert.deepEqual(kept, [0, 0, 0]);
});

test("a stage that is called while it is under way goes on where that ends: the same run in the end", async () => {
  const experiment = tiny("ta-bg");
  const runs = [startRun(experiment, CALL), startRun(experiment, CALL)] as const;
  await trainReverseKl(runs[0]);
  await Promise.all([trainReverseKl(runs[1]), trainReverseKl(runs[1])]);
  const [alone, twice] = runs.map(({ setup, stages, gradientSteps, evaluations, losses }) => {
    const { parameters } = setup.model.engine.state();
    return { parameters, stages, gradientSteps, evaluations, losses };
  });
  assert.deepEqual(twice, alone);
  await Promise.all(runs.map(({ setup }) => setup.close()));
});
