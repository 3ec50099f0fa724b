import assert from "node:assert/strict";
import { test } from "node:test";
import { initDualAveraging, stepDualAveraging } from "../../src/sample/dual-averaging";

test("the average settles where acceptance is as wanted", () => {
  // Acceptance of a made-up proposal: exp(-step), 0.8 at a step of -log 0.8 = 0.223.
  for (const start of [1e-2, 1, 30]) {
    let state = initDualAveraging(start);
    for (let k = 0; k < 5000; k++) state = stepDualAveraging(state, Math.exp(-Math.exp(state.logStep)), 0.8);
    assert.ok(Math.abs(Math.exp(state.logAverage) + Math.log(0.8)) < 0.01, `from ${start}`);
  }
});

test("steps shrink where nothing is accepted and grow where all is", () => {
  const after = (acceptance: number): number => {
    let state = initDualAveraging(0.1);
    for (let k = 0; k < 20; k++) state = stepDualAveraging(state, acceptance, 0.8);
    return Math.exp(state.logStep);
  };
  assert.ok(after(0) < 1e-4);
  assert.ok(after(1) > 1);
});
