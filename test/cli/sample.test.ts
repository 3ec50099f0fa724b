import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runCommandLine } from "../../src/cli/main";
import { createCoordinates } from "../../src/coords/coordinates";
import { startRun } from "../../src/experiments/run";
import { drawSamples, readSamplesRecord } from "../../src/experiments/samples-record";
import { loadRun, saveFlow } from "../../src/experiments/store";
import { readNpy } from "../../src/io/npy";
import { dataPath } from "../../src/io/paths";
import { createEnergy } from "../../src/physics/energy";
import { BOLTZMANN } from "../../src/numerics/constants";
import { CALL, tiny } from "../experiments/tiny";
import { TOLERANCE } from "../tolerances";
import { collect } from "./streams";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-sample-"));
after(() => rmSync(folder, { recursive: true }));

test("frames are those of the samples: log-weights follow from their energies, the record from both", async () => {
  const stored = dataPath("aldp", "runs", "ta-bg-laptop-1");
  const run = loadRun(stored, { threads: 1 });
  const { samples } = await drawSamples(run, {
    samples: 60,
    populations: 2,
    seed: 4,
    temperature: 350,
    annealing: null,
  });
  await run.setup.close();
  const out = path.join(folder, "out");
  const streams = collect();
  const call = [
    "sample",
    stored,
    "--samples",
    "60",
    "--populations",
    "2",
    "--seed",
    "4",
    "--temperature",
    "350",
    "--out",
    out,
  ];
  assert.equal(await runCommandLine(call, streams), 0, streams.lines.note.join("\n"));
  const frames = readNpy(path.join(out, "frames.npy"));
  const weights = readNpy(path.join(out, "log-weights.npy"));
  assert.deepEqual([frames.shape, weights.shape], [[60, 22, 3], [60]]);
  const { system, coordinates } = run.setup.molecule!;
  const energy = createEnergy(system);
  const { place } = createCoordinates(coordinates);
  for (let i = 0; i < 60; i++) {
    const xyz = Float64Array.from(frames.data.subarray(66 * i, 66 * (i + 1)) as Float32Array);
    const logDet = place(samples.x, i * samples.dof, new Float64Array(66));
    const logWeight = logDet - energy.evaluate(xyz, null) / (BOLTZMANN * 350) - samples.logQ[i]!;
    const got = weights.data[i]!;
    // Frames are f32: a bond of 0.1 nm is rounded by 1e-8 of it, which its spring of 2e5 kJ/mol/nm^2 hardly feels.
    assert.ok(
      Math.abs(got - logWeight) < TOLERANCE.f32 * Math.abs(got),
      `sample ${i}: ${got}, by its frame ${logWeight}`,
    );
  }
  const record = readSamplesRecord(path.join(out, "samples.json"));
  assert.deepEqual(
    [record.system, record.samples, record.evaluations, record.seed, record.temperature],
    ["aldp", 60, 60, 4, 350],
  );
  assert.equal(record.basins[0]!.basin, "phi > 0");
});

test("the mixture's samples, led to the target, are worth more; counts that cannot be are refused before", async () => {
  const run = startRun(tiny("ta-bg"), CALL);
  const at = path.join(folder, "mixture");
  saveFlow(run, at);
  await run.setup.close();
  const call = (...rest: string[]): string[] => ["sample", at, "--samples", "400", "--populations", "4", ...rest];
  const plain = collect();
  assert.equal(await runCommandLine(call("--out", path.join(at, "plain")), plain), 0, plain.lines.note.join("\n"));
  const led = collect();
  assert.equal(await runCommandLine(call("--annealed"), led), 0, led.lines.note.join("\n"));
  const [one, other] = ["plain", "samples"].map((name) => readSamplesRecord(path.join(at, name, "samples.json")));
  assert.ok(other!.essUncut > one!.essUncut && other!.evaluations > one!.evaluations);
  assert.deepEqual(one!.annealing, {});
  assert.ok((other!.annealing.exponents as number[]).length > 0);
  assert.deepEqual(readNpy(path.join(at, "samples", "x.npy")).shape, [400, 2]);
  assert.match(led.lines.note.join("\n"), /^100 of 400 samples\n200 of 400/);

  const refused = collect();
  assert.equal(await runCommandLine(["sample", at, "--samples", "401"], refused), 1);
  assert.match(refused.lines.note.join(), /invalid populations \(got 10 of 401 samples\), expected at least two/);
  assert.equal(await runCommandLine(["sample", at, "--samples", "few"], refused), 2);
});
