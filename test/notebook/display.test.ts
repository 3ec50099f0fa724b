import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { mock, test } from "node:test";
import { ladderChart } from "../../src/notebook/charts/rungs";
import { createOutput, inNotebook } from "../../src/notebook/display";
import { show } from "../../src/notebook/show";
import { table } from "../../src/notebook/tables";

const KERNEL = require.resolve("tslab/dist/jupyter.js");
type Message = { data: Record<string, unknown>; metadata: object; transient: { display_id: string } };

/** Runs as if within a tslab kernel; returns the messages sent. */
async function withinKernel(body: () => void | Promise<void>): Promise<[Message, boolean][]> {
  const sent: [Message, boolean][] = [];
  const lastWriteDisplayData = (message: Message, update: boolean): void => void sent.push([message, update]);
  require.cache[KERNEL] = { exports: { lastWriteDisplayData } } as NodeJS.Module;
  try {
    await body();
  } finally {
    Reflect.deleteProperty(require.cache, KERNEL);
  }
  return sent;
}

async function printed(body: () => void | Promise<void>): Promise<string[]> {
  const log = mock.method(console, "log", () => undefined);
  try {
    await body();
    return log.mock.calls.map((call) => call.arguments.join(" "));
  } finally {
    log.mock.restore();
  }
}

test("outside a kernel an output is its plain text, and no kernel is loaded to find that out", async () => {
  assert.equal(inNotebook(), false);
  assert.deepEqual(await printed(() => createOutput().set({ "text/plain": "a line", "text/html": "<b>" })), ["a line"]);
  assert.equal(require.cache[KERNEL], undefined);
});

test("an output is shown once and replaced from then on, bytes in base64", async () => {
  const sent = await withinKernel(() => {
    assert.equal(inNotebook(), true);
    const output = createOutput();
    output.set({ "text/plain": "", "image/png": Uint8Array.of(1, 2, 3) }, { "image/png": { width: 5 } });
    output.set({ "text/plain": "again" });
  });
  assert.deepEqual(
    sent.map(([, update]) => update),
    [false, true],
  );
  assert.equal(sent[0]![0].transient.display_id, sent[1]![0].transient.display_id);
  assert.equal(sent[0]![0].data["image/png"], "AQID");
  assert.deepEqual(sent[0]![0].metadata, { "image/png": { width: 5 } });
});

test("a chart is sent as vega-lite and as a picture of half its pixels", async () => {
  const [message] = (await withinKernel(() => show(ladderChart([600, 300])))).map(([content]) => content);
  assert.deepEqual(Object.keys(message!.data), ["text/plain", "application/vnd.vegalite.v5+json", "image/png"]);
  const png = Buffer.from(message!.data["image/png"] as string, "base64");
  const { width } = (message!.metadata as { "image/png": { width: number } })["image/png"];
  assert.equal(png.readUInt32BE(16), 2 * width);
});

test("a chart can be saved as SVG and PNG, into a folder that is made", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tabg-"));
  try {
    const lines = await printed(() => show(ladderChart([600, 300]), { save: path.join(folder, "figures", "ladder") }));
    assert.deepEqual(readdirSync(path.join(folder, "figures")), ["ladder.png", "ladder.svg"]);
    assert.match(lines.join(), /ladder\.png$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a table is HTML in a notebook and aligned text elsewhere", async () => {
  const content = table({ n: [1000] });
  const sent = await withinKernel(() => show(content));
  assert.deepEqual(Object.keys(sent[0]![0].data), ["text/plain", "text/html"]);
  assert.deepEqual(await printed(() => show(content)), ["    n\n-----\n1,000"]);
});
