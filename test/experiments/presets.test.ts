import assert from "node:assert/strict";
import { test } from "node:test";
import { type Experiment, findExperiment, METHODS, PRESETS, SYSTEMS, withLadder } from "../../src/experiments/presets";
import { recordRun } from "../../src/experiments/record";
import { sampleRun, startRun } from "../../src/experiments/run";
import { annealDown, trainHotChains, trainReverseKl } from "../../src/experiments/stages";
import { measureTemperatures } from "../../src/experiments/temperatures";
import { parameterCount } from "../../src/flow/parameters";

test("every system, method and preset is an experiment that survives JSON", () => {
  for (const system of SYSTEMS) {
    for (const method of METHODS) {
      for (const preset of PRESETS) {
        const experiment = findExperiment(system, method, preset);
        assert.deepEqual(JSON.parse(JSON.stringify(experiment)), experiment);
        const { ladder } = experiment.anneal ?? {};
        assert.deepEqual(
          experiment.flow.temperatures,
          method === "conditioned" ? [ladder!.at(-1), ladder![0]] : undefined,
        );
        const { reverseKl, hotChains, anneal, trustRegion, pathKl, forwardKl, fab } = experiment;
        const stages = { reverseKl, hotChains, anneal, trustRegion, pathKl, forwardKl, fab };
        const isSmall = system !== "gmm" && preset !== "paper";
        const begun = Object.entries(stages).flatMap(([stage, options]) => (options === null ? [] : [stage]));
        const isHexa = system === "hexa" && preset === "laptop";
        const first = (hot: boolean): string => (hot ? "hotChains" : "reverseKl");
        const expected = {
          "ta-bg": ["reverseKl", "anneal"],
          "reverse-kl": ["reverseKl"],
          "forward-kl": ["forwardKl"],
          fab: ["fab"],
          adaptive: [first(isHexa), "anneal"],
          "trust-region": ["reverseKl", "trustRegion"],
          conditioned: [first(isSmall), "anneal"],
          "hot-chains": ["hotChains", "anneal"],
        };
        assert.deepEqual(begun, expected[method]);
      }
    }
  }
});

test("an unknown name is refused with the known ones", () => {
  assert.throws(
    () => findExperiment("water", "ta-bg", "smoke"),
    /unknown system \(got "water"\), expected one of gmm, aldp/,
  );
  assert.throws(
    () => findExperiment("aldp", "magic", "smoke"),
    /unknown method \(got "magic"\), expected one of ta-bg/,
  );
  assert.throws(() => findExperiment("aldp", "ta-bg", "huge"), /unknown preset \(got "huge"\), expected one of smoke/);
});

test("with another ladder an experiment begins at its first temperature, and is else as it was", () => {
  const preset = findExperiment("aldp", "ta-bg", "smoke");
  const ladder = [1000, 600, 300];
  const { reverseKl, anneal, ...rest } = withLadder(preset, ladder);
  assert.deepEqual(reverseKl, { ...preset.reverseKl, temperature: 1000 });
  assert.deepEqual(anneal, { ...preset.anneal, ladder });
  assert.deepEqual(
    { ...rest, reverseKl: null, anneal: null },
    { ...preset, preset: "custom", reverseKl: null, anneal: null },
  );
});

test("the paper's presets spend what the paper says", () => {
  // paper, table of hyperparameters: samples of reverse KL, and samples drawn for annealing
  const cost = ({ reverseKl, anneal }: Experiment): [number, number] => [
    reverseKl!.iterations * reverseKl!.batch,
    anneal!.samples * (anneal!.ladder.length - 1),
  ];
  assert.deepEqual(cost(findExperiment("aldp", "ta-bg", "paper")), [2.56e7, 5e7]);
  assert.deepEqual(cost(findExperiment("tetra", "ta-bg", "paper")), [2.56e7, 5e7]);
  assert.deepEqual(cost(findExperiment("hexa", "ta-bg", "paper")), [1.28e8, 1.8e8]);
  assert.equal(findExperiment("hexa", "ta-bg", "paper").anneal!.ladder.filter((t) => t === 300).length, 2);
});

test("the baselines at the paper's size cost what was published", () => {
  // arXiv 2510.18460, table 1: target evaluations of reverse KL and FAB
  for (const [system, reverse, fab] of [
    ["aldp", 2.56e8, 2.13e8],
    ["tetra", 2.56e8, 2.13e8],
    ["hexa", 2.56e8, 4.2e8],
  ] as const) {
    const { iterations, batch } = findExperiment(system, "reverse-kl", "paper").reverseKl!;
    assert.equal(iterations * batch, reverse);
    const { ais, updates, leastBatches, ...options } = findExperiment(system, "fab", "paper").fab!;
    const rounds = options.iterations / updates + leastBatches;
    const cost = rounds * options.batch * (1 + ais.levels * ais.leapfrogs);
    assert.ok(Math.abs(cost / fab - 1) < 0.01, `${system}: ${cost}`); // published to three digits
  }
});

/** A few steps of a preset: that everything fits together, not that anything is learned. */
function shortened(experiment: Experiment): Experiment {
  const few = { iterations: 3, samples: 64, maxSamples: 64, buffer: 64, batch: 32, essFloor: 0 };
  return {
    ...experiment,
    preset: "custom",
    reverseKl: experiment.reverseKl && {
      ...experiment.reverseKl,
      iterations: 3,
      batch: 32,
      drop: { first: 16, last: 4, iterations: 3 },
    },
    anneal: { ...experiment.anneal!, ...few, ladder: [1200, 1100] },
  };
}

for (const system of ["aldp", "tetra", "hexa"] as const) {
  test(`${system}: the paper's flow is built, trained a few steps, annealed a rung and recorded`, async () => {
    const paper = shortened(findExperiment(system, "ta-bg", "paper"));
    const run = startRun(paper, { seed: 1, threads: 2 });
    const count = { aldp: 7_421_512, tetra: 9_452_376, hexa: 12_124_616 }[system];
    assert.equal(parameterCount(run.setup.model.flow), count);
    await trainReverseKl(run);
    await annealDown(run);
    const record = recordRun(run, await sampleRun(run, 32));
    await run.setup.close();
    assert.equal(record.gradientSteps, 6);
    assert.deepEqual(record.evaluationsByKind, { energies: 64, gradients: 96 });
    assert.ok(record.losses.every(({ values }) => values.every(Number.isFinite)));
    assert.ok(record.basins.length === run.setup.basins.length * 2);
  });
}

test("aldp: one flow for all temperatures is trained a few steps, annealed a rung and measured where parallel tempering was", async () => {
  const { flow, ...experiment } = shortened(findExperiment("aldp", "conditioned", "smoke"));
  const few = { iterations: 3, batch: 32, walkers: 16, rounds: [2], memory: 2 };
  const hotChains = { ...experiment.hotChains!, ...few };
  const run = startRun({ ...experiment, flow: { ...flow, couplings: 2 }, hotChains }, { seed: 1, threads: 2 });
  await trainHotChains(run);
  await annealDown(run);
  assert.equal(run.gradientSteps, 6);
  assert.ok(run.losses.every(({ values }) => values.every(Number.isFinite)));
  // Down to 300 K the flow has learned nothing yet, but can be told.
  const curve = await measureTemperatures(run, { samples: 600, temperatures: [300, 600, 1200] });
  assert.ok(curve.every(({ samples, basins }) => samples > 0 && basins[0]!.basin === "phi > 0"));
  await run.setup.close();
});

test("a stop between two iterations ends the stage and keeps the state", async () => {
  const run = startRun(shortened(findExperiment("aldp", "ta-bg", "smoke")), { seed: 1, threads: 2 });
  const stop = new AbortController();
  await trainReverseKl(run, { signal: stop.signal, onProgress: () => stop.abort() });
  assert.equal(run.gradientSteps, 1);
  await run.setup.close();
});
