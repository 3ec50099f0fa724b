import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import {
  listCheckpoints,
  loadCheckpoint,
  loadPart,
  removeCheckpoints,
  saveCheckpoint,
  savePart,
} from "../../src/io/checkpoint-series";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tabg-series-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (): string[] => readdirSync(folder).sort();
const same = (state: unknown): unknown => state;

test("the last three are kept, and the newest is gone on from", () => {
  for (let k = 1; k <= 5; k++) saveCheckpoint(folder, { k });
  assert.deepEqual(
    names(),
    [3, 4, 5].map((k) => `checkpoint-00000${k}.safetensors`),
  );
  assert.deepEqual(loadCheckpoint(folder, same), { k: 5 });
});

test("a part stays as long as a kept checkpoint means it", () => {
  const first = savePart(folder, { part: 1 });
  for (let k = 0; k < 4; k++) saveCheckpoint(folder, { k, first });
  const second = savePart(folder, { part: 2 });
  for (let k = 0; k < 2; k++) saveCheckpoint(folder, { k, second });
  assert.deepEqual(loadPart(folder, first), { part: 1 }); // of the oldest of the three
  saveCheckpoint(folder, { second });
  assert.deepEqual(
    names().filter((name) => name.startsWith("part")),
    [second],
  );
  removeCheckpoints(folder);
  assert.deepEqual(names(), []);
});

test("one that is torn or foreign is refused with its reason, and the one before it used", () => {
  for (let k = 1; k <= 3; k++) saveCheckpoint(folder, { k });
  const [, second, third] = listCheckpoints(folder);
  truncateSync(third!, 100);
  writeFileSync(second!, "a letter to the editor");
  const reasons: string[] = [];
  assert.deepEqual(
    loadCheckpoint(folder, same, (reason) => reasons.push(reason)),
    { k: 1 },
  );
  assert.match(reasons[0]!, /checkpoint-000003.*truncated/);
  assert.match(reasons[1]!, /checkpoint-000002.*invalid header/);
  saveCheckpoint(folder, { k: 4 });
  assert.deepEqual(loadCheckpoint(folder, same), { k: 4 });
});

test("what the caller cannot use counts as refused; with none left the error gives all reasons", () => {
  for (let k = 1; k <= 2; k++) saveCheckpoint(folder, { k });
  const open = (state: unknown): never => {
    throw new Error(`no use for ${(state as { k: number }).k}`);
  };
  assert.throws(() => loadCheckpoint(folder, open), /none of 2 can be used \(no use for 2; no use for 1\)/);
  assert.throws(() => loadCheckpoint(path.join(folder, "nowhere"), same), /checkpoint: missing in .*nowhere/);
});
