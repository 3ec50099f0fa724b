import assert from "node:assert/strict";
import { test } from "node:test";
import { branchRun, snapshotFlow } from "../../src/experiments/branch";
import { findExperiment } from "../../src/experiments/presets";
import { sampleRun, startRun } from "../../src/experiments/run";
import { TOLERANCE } from "../tolerances";

const full = findExperiment("gmm", "ta-bg", "smoke");
const experiment = { ...full, flow: { ...full.flow, couplings: 2, hidden: 8 } };

test("a branch has the flow of the snapshot, and its own ladder", async () => {
  const run = startRun(experiment, { seed: 1, threads: 1 });
  const snapshot = snapshotFlow(run);
  const ladder = [30, 10, 1];
  const branch = branchRun(run, snapshot, { ladder, anneal: { clip: 0.01 }, seed: 2, threads: 1 });
  try {
    assert.equal(snapshot.temperature, 30);
    assert.deepEqual(branch.setup.model.engine.state().parameters, run.setup.model.engine.state().parameters);
    const anneal = { ...experiment.anneal, ladder, clip: 0.01 };
    assert.deepEqual(branch.experiment, { ...experiment, preset: "custom", anneal });
    assert.throws(
      () => branchRun(run, snapshot, { ladder: [20, 1], seed: 2 }),
      /branchRun: invalid ladder \(got one from 20\), expected it to begin at the flow's temperature, 30/,
    );
  } finally {
    await branch.setup.close();
    await run.setup.close();
  }
});

test("a steered branch is the flow itself at the flow's temperature, and narrower below", async () => {
  const run = startRun(experiment, { seed: 1, threads: 1 });
  const steered = branchRun(run, snapshotFlow(run), { ladder: [30, 1], steered: true, seed: 1, threads: 1 });
  try {
    assert.equal(steered.experiment.flow.steered, 30);
    const itself = await sampleRun(run, 500);
    assert.deepEqual((await sampleRun({ ...steered }, 500, { temperature: 30 })).x, itself.x);
    // The untrained flow is its prior: by default at the ladder's end, T = 1.
    const { x } = await sampleRun({ ...steered }, 500);
    x.forEach((v, k) => assert.ok(Math.abs((v - 0.5) * Math.sqrt(30) - (itself.x[k]! - 0.5)) < TOLERANCE.f32));
  } finally {
    await steered.setup.close();
    await run.setup.close();
  }
});

test("a snapshot does not change when the flow does, and knows the last rung", async () => {
  const run = startRun(experiment, { seed: 1, threads: 1 });
  try {
    const snapshot = snapshotFlow({ ...run, rungs: [{ to: 7 } as never] });
    assert.equal(snapshot.temperature, 7);
    assert.equal(snapshotFlow(run, 1).temperature, 1);
    const chains = findExperiment("gmm", "hot-chains", "smoke");
    assert.equal(snapshotFlow({ ...run, experiment: chains }).temperature, chains.hotChains!.temperature);
    const { parameters, ...rest } = run.setup.model.engine.state();
    run.setup.model.engine.restore({ ...rest, parameters: parameters.map((value) => value + 1) });
    assert.notEqual(snapshot.parameters[0], run.setup.model.engine.state().parameters[0]);
  } finally {
    await run.setup.close();
  }
});

test("an experiment that does not anneal has no branches", async () => {
  const run = startRun(
    { ...findExperiment("gmm", "reverse-kl", "smoke"), flow: experiment.flow },
    { seed: 1, threads: 1 },
  );
  try {
    assert.throws(() => branchRun(run, snapshotFlow(run), { ladder: [1], seed: 1 }), /branchRun: missing ladder/);
  } finally {
    await run.setup.close();
  }
});
