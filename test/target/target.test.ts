import assert from "node:assert/strict";
import { test } from "node:test";
import { isValid, logDensity, regularise, regularisedSlope } from "../../src/target/target";
import { TOLERANCE } from "../tolerances";

test("energies are linear to 1e8 kT, logarithmic above and capped at 1e20", () => {
  for (const energy of [-1e30, -175, 0, 1e8]) assert.equal(regularise(energy), energy);
  assert.equal(regularise(1e8 + 1e6), 1e8 + Math.log(1 + 1e6));
  assert.equal(regularise(1e20), regularise(1e25));
  assert.equal(regularise(Infinity), 1e8 + Math.log1p(1e20 - 1e8));
  assert.ok(Number.isNaN(regularise(NaN)));
});

test("the regularised energy has no jump, and its slope is its derivative", () => {
  assert.ok(regularise(1e8 * (1 + 1e-15)) - regularise(1e8) < 1e-6);
  for (const energy of [-1e4, 3, 9.9e7, 1.2e8, 1e9, 1e12]) {
    const step = Math.abs(energy) * 1e-4;
    const numeric = (regularise(energy + step) - regularise(energy - step)) / (2 * step);
    // Far above 1e8 the difference of two nearly equal values keeps some 10 of 16 digits.
    assert.ok(Math.abs(regularisedSlope(energy) - numeric) < 1e-6 * Math.abs(numeric) + 1e-11, `${energy}`);
  }
  assert.equal(regularisedSlope(1e21), 0);
  assert.equal(regularisedSlope(Infinity), 0);
});

test("the log-density is -U/kT + log-det", () => {
  const expected = 2500 / (0.00831446261815324 * 300) + 12;
  assert.ok(
    Math.abs(logDensity({ boltzmann: 0.00831446261815324 }, -2500, 12, 300) - expected) < TOLERANCE.f64 * expected,
  );
  assert.equal(logDensity({ boltzmann: 1 }, 6, 1, 2), -2);
});

test("a point is valid if energy and log-det are finite numbers", () => {
  assert.ok(isValid(1e30, -4));
  for (const bad of [NaN, Infinity, -Infinity]) assert.ok(!isValid(bad, 0) && !isValid(0, bad));
});
