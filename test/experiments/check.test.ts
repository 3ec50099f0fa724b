import assert from "node:assert/strict";
import { test } from "node:test";
import { checkExperiment } from "../../src/experiments/check";
import { findExperiment, METHODS, PRESETS, SYSTEMS } from "../../src/experiments/presets";
import { startRun } from "../../src/experiments/run";
import { withChanges } from "../../src/experiments/change";

test("every preset passes", () => {
  for (const system of SYSTEMS)
    for (const method of METHODS) for (const preset of PRESETS) checkExperiment(findExperiment(system, method, preset));
});

test("numbers that cannot be are refused before anything is built, wherever they stand", () => {
  const chains = findExperiment("hexa", "hot-chains", "laptop");
  const wrong: [string, number | number[], RegExp][] = [
    [
      "anneal.samples",
      0,
      /experiment hexa hot-chains custom: invalid anneal.samples \(got 0\), expected a whole number from 1/,
    ],
    ["anneal.samples", 1000.5, /invalid anneal.samples \(got 1000.5\)/],
    [
      "anneal.refinement.iterations",
      0.5,
      /invalid anneal.refinement.iterations \(got 0.5\), expected a whole number from 0/,
    ],
    ["hotChains.iterationsPerSweep", 0, /invalid hotChains.iterationsPerSweep/],
    ["hotChains.rounds", [4, 0.5], /invalid hotChains.rounds \(got \[4,0.5\]\)/],
    ["flow.layers", 2.5, /invalid flow.layers/],
    ["evaluationSamples", 100.5, /invalid evaluationSamples \(got 100.5\)/],
    ["anneal.averageDecay", 1, /invalid anneal.averageDecay \(got 1\), expected a number from 0 to below 1/],
    ["hotChains.acceptance", 65, /invalid hotChains.acceptance \(got 65\)/],
    ["anneal.refinement.clip", 1, /invalid anneal.refinement.clip \(got 1\)/],
    ["anneal.stepEss", 25, /invalid anneal.stepEss \(got 25\), expected a number from 0 to 1/],
  ];
  for (const [place, value, message] of wrong) {
    assert.throws(() => startRun(withChanges(chains, { [place]: value }), { seed: 1 }), message);
  }
});

test("threads are counted from one", () => {
  const experiment = findExperiment("gmm", "ta-bg", "smoke");
  for (const threads of [0, 1.5]) assert.throws(() => startRun(experiment, { seed: 1, threads }), /invalid threads/);
});
