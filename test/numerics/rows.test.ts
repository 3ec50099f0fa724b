import assert from "node:assert/strict";
import { test } from "node:test";
import { takeRows } from "../../src/numerics/rows";

test("rows are taken in order, some of them again, in the type that they have", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual(takeRows(values, 2, [2, 0, 2]), Float32Array.of(5, 6, 1, 2, 5, 6));
  assert.deepEqual(takeRows(Float64Array.of(0.1, 0.2), 1, Uint32Array.of(1)), Float64Array.of(0.2));
  assert.deepEqual(takeRows(values, 2, []), new Float32Array(0));
});
