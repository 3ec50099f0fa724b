import assert from "node:assert/strict";
import { test } from "node:test";
import { branchRun, snapshotFlow } from "../../src/experiments/branch";
import { sampleRun, startRun } from "../../src/experiments/run";
import { measureColder, measureTemperatures, recordedCurve } from "../../src/experiments/temperatures";
import { CALL, tiny } from "./tiny";

test("a run whose flow is told temperatures is measured from the coldest to the hottest, or where one asks, with one draw", async () => {
  const run = startRun(tiny("conditioned"), CALL);
  const curve = await measureTemperatures(run, { samples: 300 });
  assert.equal(run.setup.target.evaluations.energies, 300);
  const temperatures = curve.map((point) => point.temperature);
  assert.ok(Math.abs(temperatures[0]! - 25) < 1e-9 && temperatures.at(-1) === 30 && temperatures.length === 13);
  assert.ok(Math.abs(temperatures[6]! - Math.sqrt(25 * 30)) < 1e-9);
  for (const { basins } of curve) {
    assert.ok(Math.abs(basins.reduce((sum, { reweighted }) => sum + reweighted, 0) - 1) < 1e-9);
  }
  assert.deepEqual(
    (await measureTemperatures(run, { samples: 100, temperatures: [28] })).map((p) => p.temperature),
    [28],
  );
  // Without being asked, samples are those of the last temperature.
  assert.ok((await sampleRun(run, 10)).temperatures!.every((t) => t === 25));
  await run.setup.close();
});

test("a flow of one density has no such curve", async () => {
  const run = startRun(tiny("ta-bg"), CALL);
  await assert.rejects(measureTemperatures(run), /missing temperatures \(got a flow of one density, by ta-bg\)/);
  await run.setup.close();
});

test("a flow is weighted to colder temperatures from one draw, a steered one from a draw at each", async () => {
  const run = startRun(tiny("ta-bg"), CALL);
  const steered = branchRun(run, snapshotFlow(run, 30), { ladder: [30, 5], steered: true, seed: 1 });
  try {
    const plain = await measureColder(run, [30, 10, 5], { samples: 400 });
    assert.equal(run.setup.target.evaluations.energies, 400);
    assert.ok(plain[0]! > plain[1]! && plain[1]! > plain[2]! && plain[2]! > 0, plain.join());
    await measureColder(steered, [30, 10], { samples: 400 });
    assert.equal(steered.setup.target.evaluations.energies, 800);
  } finally {
    await Promise.all([run, steered].map(({ setup }) => setup.close()));
  }
});

test("a record gives its curve back, or says that it has none", () => {
  const curve = [{ temperature: 300, samples: 1, ess: 1, logZ: { value: 0, error: 0 }, basins: [] }];
  assert.deepEqual(recordedCurve({ method: "conditioned", metrics: { temperatures: curve } }), curve);
  assert.throws(
    () => recordedCurve({ method: "ta-bg", metrics: {} }),
    /missing temperatures \(got a record of method ta-bg\)/,
  );
});
