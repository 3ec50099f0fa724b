import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, mock, test } from "node:test";
import { followGroundTruth } from "../../src/notebook/follow-ground-truth";
import { Stopped } from "../../src/notebook/follow";
import { findGroundTruth } from "../../src/sample/presets";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
after(() => rmSync(folder, { recursive: true }));

test("ground truth that is stopped says where, goes on when it is called again, and is read when it is done", async () => {
  const log = mock.method(console, "log", () => undefined);
  const out = path.join(folder, "aldp");
  try {
    // The whole takes a second: pressed until it is heard.
    const presses = setInterval(() => process.emit("SIGINT"), 10);
    await assert.rejects(followGroundTruth("aldp", out), (error: Stopped) => {
      assert.ok(error instanceof Stopped);
      assert.match(
        error.message,
        /^Stopped after (no sweep|sweep \d+); a checkpoint lies in .*aldp\. Run this cell again to go on\.$/,
      );
      return true;
    });
    clearInterval(presses);
    const record = await followGroundTruth("aldp", out);
    assert.deepEqual(record.settings, findGroundTruth("aldp", "smoke"));
    assert.match(
      String(log.mock.calls.at(-1)!.arguments[0]),
      /^Parallel tempering of aldp: 100 %.*sampling, acceptance 0\.\d\d/,
    );
    const printed = log.mock.callCount();
    assert.deepEqual(await followGroundTruth("aldp", out), JSON.parse(JSON.stringify(record)));
    assert.equal(log.mock.callCount(), printed);
    await assert.rejects(
      followGroundTruth("aldp", out, { seed: 1 }),
      /invalid folder \(got .*seed 0\), expected that of aldp, preset smoke, seed 1/,
    );
  } finally {
    log.mock.restore();
  }
});

test("what there is not is refused before anything is written", async () => {
  await assert.rejects(
    followGroundTruth("gmm", folder),
    /unknown system \(got "gmm"\), expected one of aldp, tetra, hexa/,
  );
  await assert.rejects(followGroundTruth("aldp", folder, { preset: "long" }), /unknown preset \(got "long"\)/);
});
