import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, type Changes, withChanges } from "../../src/experiments/change";
import { findExperiment, METHODS, PRESETS, SYSTEMS } from "../../src/experiments/presets";

const smoke = findExperiment("aldp", "ta-bg", "smoke");

test("changed options, and nothing else, differ from the preset that an experiment is closest to", () => {
  const changes: Changes = {
    "flow.couplings": 12,
    "anneal.schedule.peak": 1e-3,
    "anneal.knownDensities": false,
    "anneal.passes": null,
    "anneal.reuse": 2,
    foldRotors: true,
    confineImpropers: null,
    evaluationSamples: 1000,
  };
  const changed = withChanges(smoke, changes);
  const found = changesOf(changed)!;
  assert.equal(found.preset, "smoke");
  assert.deepEqual(Object.fromEntries(found.changes.map(({ place, got }) => [place, got])), changes);
  assert.equal(changed.preset, "custom");
  assert.equal(smoke.flow.couplings, 8); // as it was
});

test("another ladder moves the stage before it", () => {
  const { reverseKl, anneal } = withChanges(smoke, { "anneal.ladder": [900, 500, 300] });
  assert.deepEqual([reverseKl!.temperature, anneal!.ladder], [900, [900, 500, 300]]);
  assert.throws(() => withChanges(smoke, { "anneal.ladder": [900, 500] }), /invalid end \(got 500\), expected 300/);
});

test("another ladder is what a flow of all temperatures is made for", () => {
  const conditioned = findExperiment("aldp", "conditioned", "laptop");
  const changed = withChanges(conditioned, { "anneal.ladder": [600, 424, 300] });
  assert.deepEqual(changed.flow.temperatures, [300, 600]);
  assert.deepEqual(
    changesOf(changed)!.changes.map(({ place }) => place),
    ["anneal.ladder"],
  );
  const wider = withChanges(conditioned, { "flow.temperatures": [200, 1200] });
  assert.deepEqual(
    changesOf(wider)!.changes.map(({ place }) => place),
    ["flow.temperatures"],
  );
});

test("a list may have one number, and what is on may be turned off", () => {
  const chains = findExperiment("hexa", "hot-chains", "laptop");
  assert.deepEqual(withChanges(chains, { "hotChains.rounds": 20 }).hotChains!.rounds, [20]);
  assert.equal(withChanges(chains, { foldRotors: null }).foldRotors, null);
});

test("an experiment without changes is the preset", () => {
  for (const system of SYSTEMS)
    for (const method of METHODS)
      for (const preset of PRESETS) {
        const experiment = withChanges(findExperiment(system, method, preset), {});
        assert.deepEqual(changesOf(experiment)!.changes, []);
      }
  assert.equal(changesOf({ ...smoke, system: "my molecule" }), null);
});

test("what an experiment does not have, or cannot be, is refused with what it has, or can be", () => {
  const laptop = findExperiment("aldp", "ta-bg", "laptop");
  const wrong: [Changes, RegExp][] = [
    [{ "flow.hiden": 64 }, /unknown option flow.hiden \(got 64\), expected one of couplings, hidden, layers/],
    [{ preset: 1 }, /unknown option preset/], // a name, no option
    [{ "__proto__.batch": 1 }, /unknown option/],
    [{ "fab.batch": 512 }, /unknown option fab.batch \(got 512\), expected none below fab, which is null/],
    [{ fab: 1 }, /invalid option fab \(got 1\), expected nothing: the experiment does without/],
    [{ "anneal.schedule": 1 }, /expected one of its options: peak, warmup, floor/],
    [{ "anneal.batch": -1 }, /invalid option anneal.batch \(got -1\), expected a number from 0/],
    [{ "anneal.batch": null }, /expected a number from 0/],
    [{ "anneal.batch": [1, 2] }, /expected a number from 0/],
    [{ "anneal.reuse": true }, /expected a number from 0, or null/],
    [{ "anneal.knownDensities": 1 }, /expected true or false/],
    [{ foldRotors: 1 }, /expected true, false or null/],
    [{ "anneal.ladder": 300 }, /ladder: invalid length \(got 1/],
  ];
  for (const [changes, message] of wrong) assert.throws(() => withChanges(laptop, changes), message);
  assert.equal(withChanges(laptop, { "anneal.refinement": null }).anneal!.refinement, null);
});
