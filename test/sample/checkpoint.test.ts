import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { writeSafetensors } from "../../src/io/safetensors";
import { readCheckpoint, writeCheckpoint } from "../../src/sample/checkpoint";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-checkpoint-"));
const file = path.join(folder, "checkpoint.safetensors");
after(() => rmSync(folder, { recursive: true }));

test("nested data with typed arrays comes back bit for bit", () => {
  const state = {
    count: 3,
    third: 1 / 3,
    spare: null,
    text: 'a "text"',
    words: [1, 2 ** 32 - 1],
    walkers: {
      x: Float64Array.of(0.1, NaN, -0, Infinity),
      frames: Float32Array.of(1 / 3, 2),
      none: new Float64Array(0),
    },
    runs: [{ trips: [1, 2], sums: Float64Array.of(5) }],
  };
  writeCheckpoint(file, state);
  assert.deepEqual(readCheckpoint(file), state);
});

test("a number that JSON cannot hold is refused by name instead of lost", () => {
  assert.throws(() => writeCheckpoint(file, { a: [1, { b: NaN }] }), /invalid number at state.a.1.b \(got NaN\)/);
});

test("another safetensors file is not taken for a checkpoint", () => {
  writeSafetensors(file, { tensors: {}, metadata: {} });
  assert.throws(() => readCheckpoint(file), /readCheckpoint: invalid file .* \(got no state\)/);
});
