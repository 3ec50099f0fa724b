import assert from "node:assert/strict";
import { test } from "node:test";
import { initAnneal } from "../../src/train/anneal";
import { chooseTemperature } from "../../src/train/rung";
import { checkLadder, geometricLadder } from "../../src/train/ladder";
import { learningRate } from "../../src/train/schedule";
import { createRng } from "../../src/numerics/random";

test("nine geometric steps from 1200 K to 300 K are the paper's ladder", () => {
  // paper, section on annealing: temperatures as printed there
  const printed = [1200, 1028.69, 881.84, 755.95, 648.04, 555.52, 476.22, 408.24, 349.96, 300, 300];
  geometricLadder({ from: 1200, to: 300, steps: 9 }).forEach((t, i) => assert.ok(Math.abs(t - printed[i]!) < 0.02));
  const mixture = geometricLadder({ from: 30, to: 1, steps: 7 });
  [30, 18.45, 11.35, 6.98, 4.3, 2.64, 1.63, 1, 1].forEach((t, i) => assert.ok(Math.abs(t - mixture[i]!) < 0.01));
});

test("a ladder that rises, or is not of positive temperatures, is refused with position and value", () => {
  assert.throws(
    () => checkLadder([1200, 300, 600]),
    /position 2 \(got 600 after 300\), expected the ladder to decrease/,
  );
  assert.throws(() => checkLadder([1200, 0]), /position 1 \(got 0\), expected a positive number/);
  assert.throws(() => checkLadder([1200, -300]), /position 1 \(got -300\)/);
  assert.throws(() => checkLadder([Infinity, 300]), /position 0 \(got Infinity\)/);
  assert.throws(() => checkLadder([NaN, 300]), /position 0 \(got NaN\)/);
  assert.throws(() => checkLadder([300]), /invalid length \(got 1\)/);
  assert.throws(() => geometricLadder({ from: 1200, to: 300, steps: 0 }), /invalid steps \(got 0\)/);
  for (const refinements of [-1, 1.5]) {
    const expected = new RegExp(`geometricLadder: invalid refinements \\(got ${refinements}\\)`);
    assert.throws(() => geometricLadder({ from: 1200, to: 300, steps: 2, refinements }), expected);
  }
  assert.throws(() => geometricLadder({ from: 300, to: 1200, steps: 2 }), /expected the ladder to decrease/);
  assert.throws(() => initAnneal({ ladder: [300, 400] }, createRng(0).state()), /expected the ladder to decrease/);
});

const range = { from: 1200, wanted: 300, aim: null, floor: 0.1, refinementsLeft: 1 };

test("a wanted temperature whose ESS reaches the floor is taken", () => {
  assert.deepEqual(
    chooseTemperature(() => 0.1, range),
    { to: 300, decision: "ladder", ess: 0.1 },
  );
});

test("below the floor the step goes as far as the ESS suffices", () => {
  const choice = chooseTemperature((t) => (t > 800 ? 0.2 : 0.01), range)!;
  assert.equal(choice.decision, "shortened");
  assert.ok(choice.to > 800 && choice.to < 801, `got ${choice.to}`);
});

test("where no step suffices the temperature is refined, as often as is allowed", () => {
  assert.deepEqual(
    chooseTemperature(() => 0.05, range),
    { to: 1200, decision: "refined", ess: 0.05 },
  );
  // A step of 0.1 % would do.
  assert.equal(chooseTemperature((t) => (t > 1199 ? 0.2 : 0.01), range)?.decision, "refined");
  assert.equal(
    chooseTemperature(() => 0.05, { ...range, refinementsLeft: 0 }),
    null,
  );
});

test("an aim above the floor is asked of steps down alone, and given up where refinements do not help", () => {
  const aimed = { ...range, aim: 0.5 };
  const essAt = (t: number): number => 0.8 * (t / 1200);
  assert.ok(Math.abs(chooseTemperature(essAt, aimed)!.to / 750 - 1) < 0.002);
  assert.equal(chooseTemperature(() => 0.2, aimed)?.decision, "refined");
  const last = { ...aimed, refinementsLeft: 0 };
  assert.deepEqual(
    chooseTemperature(() => 0.2, last),
    { to: 300, decision: "ladder", ess: 0.2 },
  );
  assert.deepEqual(
    chooseTemperature(() => 0.2, { ...aimed, from: 300 }),
    { to: 300, decision: "ladder", ess: 0.2 },
  );
});

test("the learning rate warms up linearly, falls as a cosine and ends at its floor", () => {
  const schedule = { peak: 1, warmup: 10, floor: 0.1 };
  assert.equal(learningRate(schedule, 0, 110), 0.1);
  assert.equal(learningRate(schedule, 9, 110), 1);
  assert.ok(Math.abs(learningRate(schedule, 60, 110) - 0.55) < 1e-12);
  assert.equal(learningRate(schedule, 110, 110), 0.1);
  assert.equal(learningRate({ peak: 2, warmup: 0, floor: 2 }, 5, 10), 2);
});
