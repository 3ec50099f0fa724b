import assert from "node:assert/strict";
import { test } from "node:test";
import { findExperiment } from "../../src/experiments/presets";
import { recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { annealDown, trainReverseKl } from "../../src/experiments/stages";

/** A mode is found when its reweighted weight is within a factor 2 of 1/40. */
function modesFound(shares: readonly (number | null)[]): number {
  return shares.filter((s) => s !== null && s > 1 / 80 && s < 1 / 20).length;
}

test("the mixture annealed from T = 30 to 1 has its modes; reverse KL straight at T = 1 has far fewer", async () => {
  const experiment = findExperiment("gmm", "ta-bg", "smoke");
  const run = startRun(experiment, { seed: 1, threads: 2 });
  await trainReverseKl(run);
  await annealDown(run);
  const record = recordRun(run, await sampleRun(run, experiment.evaluationSamples));
  await run.setup.close();
  const final = record.basins.slice(-40);
  assert.ok(final.every((b) => b.temperature === 1));
  const found = modesFound(final.map((b) => b.reweighted));
  assert.ok(found >= 36, `${found} of 40 modes`);
  assert.ok(record.essFinal! > 0.6, `ESS ${record.essFinal}`);
  assert.ok(Math.abs(record.logZ!) < 0.05, `log Z ${record.logZ}, exactly 0`);
  assert.equal(record.evaluationsByKind.gradients, experiment.reverseKl!.iterations * experiment.reverseKl!.batch);
  assert.equal(record.evaluationsByKind.energies, 8 * experiment.anneal!.samples);

  const cold = startRun(
    { ...experiment, anneal: null, reverseKl: { ...experiment.reverseKl!, temperature: 1 } },
    { seed: 1, threads: 2 },
  );
  await trainReverseKl(cold);
  const missing = recordRun(cold, await sampleRun(cold, experiment.evaluationSamples));
  await cold.setup.close();
  assert.ok(modesFound(missing.basins.map((b) => b.reweighted)) < found - 10);
});
