import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { branchRun, snapshotFlow } from "../../src/experiments/branch";
import { findExperiment } from "../../src/experiments/presets";
import { sampleRun, startRun } from "../../src/experiments/run";
import { annealDown, trainHotChains, trainReverseKl, trainRun } from "../../src/experiments/stages";
import { loadRun, saveFlow } from "../../src/experiments/store";
import { TOLERANCE } from "../tolerances";
import { CALL, tiny } from "./tiny";

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
    assert.deepEqual(branch.experiment, { ...experiment, preset: "custom", reverseKl: null, anneal });
    assert.throws(
      () => branchRun(run, snapshot, { ladder: [20, 1], seed: 2 }),
      /branchRun: invalid ladder \(got one from 20\), expected it to begin at the flow's temperature, 30/,
    );
  } finally {
    await branch.setup.close();
    await run.setup.close();
  }
});

test("a branch begins at its own temperature, and is annealed and nothing else", async () => {
  const few = { samples: 100, buffer: 100, iterations: 2, batch: 16, essFloor: 0 };
  const run = startRun(experiment, { seed: 1, threads: 1 });
  const branch = branchRun(run, snapshotFlow(run, 5), { ladder: [5, 2, 1], anneal: few, seed: 2 });
  const again = branchRun(branch, snapshotFlow(branch), { ladder: [5, 1], seed: 3 });
  try {
    assert.deepEqual([snapshotFlow(branch).temperature, again.setup.options.threads], [5, 1]);
    const stages = new Set<string>();
    await trainRun(branch, { onProgress: ({ stage }) => stages.add(stage) });
    assert.deepEqual([...stages], ["annealing"]);
    assert.equal(snapshotFlow(branch).temperature, 1);
  } finally {
    await Promise.all([run, branch, again].map(({ setup }) => setup.close()));
  }
});

test("a stored flow is at the end of its run, and cannot be annealed from the start again", async () => {
  const few = { samples: 100, buffer: 100, iterations: 2, batch: 16, essFloor: 0, ladder: [30, 8, 1] };
  const run = startRun({ ...experiment, anneal: { ...experiment.anneal!, ...few } }, { seed: 1, threads: 1 });
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-branch-"));
  try {
    saveFlow(run, folder);
    const hot = loadRun(folder, { threads: 1 });
    await annealDown(hot); // as it stood at the beginning
    saveFlow(hot, folder);
    const loaded = loadRun(folder, { threads: 1 });
    assert.equal(snapshotFlow(loaded).temperature, 1);
    await assert.rejects(
      annealDown(loaded),
      /annealDown: invalid ladder \(got one from 30 for a flow of 1\).*branchRun/,
    );
    await Promise.all([hot, loaded].map(({ setup }) => setup.close()));
  } finally {
    rmSync(folder, { recursive: true });
    await run.setup.close();
  }
});

test("a first stage that was stopped is not gone on with once the flow is annealed", async () => {
  for (const [method, stage] of [
    ["ta-bg", trainReverseKl],
    ["hot-chains", trainHotChains],
  ] as const) {
    const run = startRun(tiny(method), CALL);
    try {
      const stop = new AbortController();
      await stage(run, { signal: stop.signal, onProgress: ({ loss }) => void (loss && stop.abort()) });
      await annealDown(run);
      await assert.rejects(stage(run), /invalid run \(got one that was stopped at iteration \d+ and annealed since\)/);
    } finally {
      await run.setup.close();
    }
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
