import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { trainingProgress } from "../../src/notebook/training-progress";

const at = { loss: -80, gradientNorm: 1, ess: 0.25, evaluations: 1000, steps: 2 };

test("each stage and rung ends with a line of its own, a refinement at the same temperature too", () => {
  const log = mock.method(console, "log", () => undefined);
  try {
    const { onProgress, finish } = trainingProgress();
    for (const step of [1, 2]) onProgress({ ...at, stage: "reverse KL", temperature: 1200, step, ess: null });
    for (const temperature of [1028.69, 300, 300]) {
      for (const step of [1, 2]) onProgress({ ...at, stage: "annealing", temperature, step });
    }
    finish("stopped");
    const titles = log.mock.calls.map((call) => String(call.arguments[0]).replace(/, .*/, ""));
    assert.deepEqual(titles, [
      "Reverse KL at 1200 K: 100 %",
      "Annealing at 1029 K: 100 %",
      "Annealing at 300 K: 100 %",
      "Annealing at 300 K: 100 %",
    ]);
    assert.match(
      String(log.mock.calls[3]!.arguments[0]),
      /stopped in .*loss -80, gradient norm 1, buffer ESS 25\.0 %, evaluations 1,000, memory [\d,]+ MiB$/,
    );
  } finally {
    log.mock.restore();
  }
});

test("drawing samples, or a walk of chains, is a stage without curves of its own", () => {
  const log = mock.method(console, "log", () => undefined);
  try {
    const { onProgress, finish } = trainingProgress();
    for (const step of [512, 1024]) {
      onProgress({
        ...at,
        stage: "sampling",
        temperature: 1200,
        step,
        steps: 2048,
        loss: NaN,
        gradientNorm: NaN,
        ess: null,
      });
    }
    onProgress({
      ...at,
      stage: "walking",
      temperature: 1029,
      step: 1,
      steps: 4,
      loss: NaN,
      gradientNorm: NaN,
      ess: null,
    });
    onProgress({ ...at, stage: "annealing", temperature: 1029, step: 1 });
    finish();
    const first = String(log.mock.calls[0]!.arguments[0]);
    assert.match(first, /^Sampling at 1200 K: 50 %, 1,024\/2,048, [\d,.]+\/s, done in/);
    assert.match(String(log.mock.calls[1]!.arguments[0]), /^Walking of chains at 1029 K: 25 %, 1\/4/);
    for (const call of log.mock.calls.slice(0, 2)) assert.doesNotMatch(String(call.arguments[0]), /loss|NaN/);
  } finally {
    log.mock.restore();
  }
});

test("nothing is shown of training that never began", () => {
  const log = mock.method(console, "log", () => undefined);
  try {
    trainingProgress().finish();
    assert.equal(log.mock.callCount(), 0);
  } finally {
    log.mock.restore();
  }
});
