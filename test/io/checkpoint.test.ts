import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { readCheckpoint, writeCheckpoint } from "../../src/io/checkpoint";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors";
import { createRng } from "../../src/numerics/random";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-checkpoint-"));
const file = path.join(folder, "checkpoint.safetensors");
after(() => rmSync(folder, { recursive: true }));

const STATE = {
  count: 3,
  third: 1 / 3,
  odd: [NaN, -0, Infinity, -Infinity],
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

test("nested data with typed arrays comes back bit for bit", () => {
  writeCheckpoint(file, STATE);
  assert.deepEqual(readCheckpoint(file), STATE);
});

test("an array that would not come back is refused by name instead of lost", () => {
  assert.throws(
    () => writeCheckpoint(file, { a: [1, { b: new Uint32Array(2) }] }),
    /invalid array at state.a.1.b \(got Uint32Array\)/,
  );
});

test("a file cut short anywhere, or with a changed bit anywhere, is refused", () => {
  writeCheckpoint(file, STATE);
  const bytes = readFileSync(file);
  const other = path.join(folder, "other.safetensors");
  const rng = createRng(1);
  for (let trial = 0; trial < 200; trial++) {
    const damaged = Buffer.from(bytes);
    const at = rng.integer(bytes.length);
    damaged[at]! ^= 1 << rng.integer(8);
    for (const content of [bytes.subarray(0, at), damaged]) {
      writeFileSync(other, content);
      // A space that pads the header may become a tab: nothing is lost then.
      let read: unknown;
      try {
        read = readCheckpoint(other);
      } catch (error) {
        assert.ok((error as Error).message.includes(other), `byte ${at}: ${(error as Error).message}`);
        continue;
      }
      assert.deepEqual(read, STATE, `byte ${at}`);
    }
  }
});

test("another safetensors file, or another version, is not taken for a checkpoint", () => {
  writeSafetensors(file, { tensors: {}, metadata: {} });
  assert.throws(() => readCheckpoint(file), /readCheckpoint: invalid file .* \(got format undefined\)/);
  writeCheckpoint(file, STATE);
  const { tensors, metadata } = readSafetensors(file);
  writeSafetensors(file, { tensors, metadata: { ...metadata, version: "0" } });
  assert.throws(() => readCheckpoint(file), /unknown version of .* \(got 0\), expected 1/);
});
