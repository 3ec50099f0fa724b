import assert from "node:assert/strict";
import { test } from "node:test";
import { freeEnergy, ramachandran, RAMACHANDRAN_AXIS } from "../../src/evaluate/ramachandran";
import { findExperiment } from "../../src/experiments/presets";
import { sampleRun, startRun } from "../../src/experiments/run";
import { liveEss, liveSurface } from "../../src/notebook/live-rungs";
import { planeOf } from "../../src/notebook/plane";

test("the live surface has a square for each cell that was met, in few elements", async () => {
  const run = startRun(findExperiment("aldp", "ta-bg", "smoke"), { seed: 1, threads: 1 });
  try {
    const samples = await sampleRun(run, 3000);
    const svg = liveSurface(run, { samples, logWeights: new Float64Array(samples.n), to: 300 });
    const [phi, psi] = planeOf(run)!.angles(samples);
    const energies = freeEnergy(ramachandran({ phi, psi }, { axis: { ...RAMACHANDRAN_AXIS, bins: 48 } }));
    const met = energies.filter((energy) => energy <= 11).length;
    assert.ok(met > 500, `${met}`); // an untrained flow goes everywhere
    assert.equal(svg.match(/M[\d.]+,[\d.]+h3v3h-3z/g)!.length, met);
    assert.ok(svg.match(/<path/g)!.length <= 65);
    assert.match(svg, /300 K, reweighted/);
  } finally {
    await run.setup.close();
  }
});

test("bars of the ESS name their temperatures", () => {
  const svg = liveEss([
    { temperature: 600, ess: 0.25 },
    { temperature: 300, ess: 1 },
  ]);
  assert.deepEqual(
    [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height)),
    [30.5, 122],
  );
  assert.match(svg, />25<.*>600<.*>100<.*>300</s);
});
