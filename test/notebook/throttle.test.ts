import assert from "node:assert/strict";
import { test } from "node:test";
import { createThrottle } from "../../src/notebook/throttle";

test("what is drawn never grows older than asked, nor is drawn more often than a step makes necessary", () => {
  for (const step of [1, 33, 150, 219, 221, 300, 439, 700]) {
    const isDue = createThrottle(440);
    const drawn = Array.from({ length: 5000 }, (_, k) => step * k).filter(isDue);
    const gaps = drawn.slice(1).map((time, k) => time - drawn[k]!);
    assert.equal(drawn[0], 0);
    // All alike, and one more step would be too many.
    assert.ok(gaps.length >= 5 && gaps.every((gap) => gap === gaps[0]), `step ${step}: ${gaps.slice(0, 5).join(", ")}`);
    assert.ok(gaps[0]! <= Math.max(440, step) && gaps[0]! + step > 440, `step ${step}: a gap of ${gaps[0]}`);
  }
});
