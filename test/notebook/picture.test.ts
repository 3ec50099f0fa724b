import assert from "node:assert/strict";
import { test } from "node:test";
import { ladderChart } from "../../src/notebook/charts/rungs";
import { renderPng, renderSvg } from "../../src/notebook/picture";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

test("a chart becomes a PNG of twice its size on the page", async () => {
  const svg = await renderSvg(ladderChart([1200, 600, 300]));
  const { png, width, height } = renderPng(svg);
  assert.deepEqual([...png.subarray(0, 8)], SIGNATURE);
  const header = Buffer.from(png);
  assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(20)], [2 * width, 2 * height]);
  assert.ok(png.length > 5000, `got ${png.length} bytes`);
});

test("letters are drawn with the font that comes along, also Greek ones and superscripts", () => {
  const draw = (text: string): Uint8Array =>
    renderPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="9" y="30" font-size="30" font-family="Arimo, sans-serif">${text}</text></svg>`,
    ).png;
  const empty = Buffer.from(draw(""));
  const missing = Buffer.from(draw("\u{10FFFD}"));
  for (const letter of "aφψ°⁻⁵±→−") {
    const drawn = Buffer.from(draw(letter));
    assert.ok(!drawn.equals(empty) && !drawn.equals(missing), `nothing drawn for ${letter}`);
  }
});

test("the same chart is the same picture", async () => {
  const svg = await renderSvg(ladderChart([1200, 300]));
  assert.equal(await renderSvg(ladderChart([1200, 300])), svg);
  assert.deepEqual(renderPng(svg).png, renderPng(svg).png);
});
