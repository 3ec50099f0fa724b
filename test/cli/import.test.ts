import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { runCommandLine } from "../../src/cli/main";
import { readNpy, writeNpy } from "../../src/io/npy";
import { dataPath } from "../../src/io/paths";
import { importFrames } from "../../src/target/import-frames";
import { loadSystem } from "../../src/target/molecule";
import { loadReference } from "../coords/reference";
import { collect } from "./streams";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-import-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);
const FRAMES = 24;
const frames = Float32Array.from(
  loadReference("aldp")
    .conformations.slice(0, FRAMES)
    .flatMap(({ xyz }) => [...xyz]),
);
writeNpy(at("frames.npy"), frames, [FRAMES, 22, 3]);

async function call(file: string, ...options: string[]): Promise<[number, string]> {
  const streams = collect();
  const all = ["import", at(file), "--system", "aldp", "--out", at("x.npy"), ...options];
  const status = await runCommandLine(all, streams);
  return [status, [...streams.lines.out, ...streams.lines.note].join("\n")];
}

test("a trajectory becomes points in f32 and log-dets in f64", async () => {
  const [status, text] = await call("frames.npy", "--log-dets", at("l.npy"));
  assert.equal(status, 0, text);
  assert.match(text, /^24 of 24 frames written to .*x\.npy, log-dets to .*l\.npy$/);
  const expected = importFrames(loadSystem("aldp"), { shape: [FRAMES, 66], data: frames });
  assert.deepEqual(readNpy(at("x.npy")), { shape: [FRAMES, 60], data: expected.x });
  assert.deepEqual(readNpy(at("l.npy")), { shape: [FRAMES], data: expected.logDet });
});

test("the order of atoms comes from a PDB or a list, and exchanged hydrogens are noted", async () => {
  const [, first] = await call("frames.npy");
  const plain = readFileSync(at("x.npy"));
  assert.equal(first.split("\n").length, 1);
  const lines = readFileSync(dataPath("aldp", "topology.pdb"), "utf8").split("\n");
  const rows = lines.flatMap((line, k) => (/^(ATOM|HETATM)/.test(line) ? [k] : []));
  [lines[rows[4]!], lines[rows[5]!]] = [lines[rows[5]!]!, lines[rows[4]!]!];
  writeFileSync(at("other.pdb"), lines.filter((line) => !line.startsWith("CONECT")).join("\n"));
  const swap = (i: number, j: number): Float32Array => {
    return frames.map((_, k) => frames[k + 3 * (Math.floor(k / 3) % 22 === i ? j - i : Math.floor(k / 3) % 22 === j ? i - j : 0)]!); // prettier-ignore
  };
  writeNpy(at("swapped.npy"), swap(4, 5), [FRAMES, 22, 3]);
  const list = [...Array(22).keys()].map((k) => (k === 4 ? 5 : k === 5 ? 4 : k)).join(",");
  for (const order of [at("other.pdb"), list]) {
    const [status, text] = await call("swapped.npy", "--order", order);
    assert.equal(status, 0, text);
    assert.deepEqual(readFileSync(at("x.npy")), plain);
  }
  writeNpy(at("hydrogens.npy"), swap(12, 13), [FRAMES, 22, 3]);
  const [, text] = await call("hydrogens.npy");
  assert.match(text, /equivalent hydrogens exchanged in 24 frames/);
  assert.deepEqual(readFileSync(at("x.npy")), plain);
});

test("wrong input is one clear error, and no file is written or changed", async () => {
  await call("frames.npy");
  writeNpy(at("angstrom.npy"), frames.map((v) => 10 * v), [FRAMES, 22, 3]); // prettier-ignore
  writeNpy(at("mirror.npy"), frames.map((v, k) => (k % 3 === 0 ? -v : v)), [FRAMES, 22, 3]); // prettier-ignore
  writeNpy(at("nan.npy"), frames.map((v, k) => (k === 70 ? NaN : v)), [FRAMES, 22, 3]); // prettier-ignore
  writeNpy(at("shape.npy"), frames, [22, FRAMES, 3]);
  copyFileSync(at("frames.npy"), at("cut.npy"));
  truncateSync(at("cut.npy"), 1000);
  writeFileSync(at("text.npy"), "no frames");
  writeFileSync(at("three.pdb"), "ATOM      1  CA  ALA A   1       0.000   0.000   0.000\n");
  const before = [readdirSync(folder), readFileSync(at("x.npy"))];
  const cases: [[number, string], RegExp][] = [
    [await call("angstrom.npy"), /angstrom\.npy: invalid unit .*divide by 10$/],
    [await call("mirror.npy"), /mirror\.npy: mismatched chirality \(got 24 of 24 frames\)/],
    [await call("nan.npy"), /nan\.npy: invalid coordinates .*first in frame 1 /],
    [await call("shape.npy"), /shape\.npy: mismatched shape \(got \[22, 24, 3\]\), expected \[frames, 22, 3\]/],
    [await call("cut.npy"), /cut\.npy: truncated data/],
    [await call("text.npy"), /text\.npy: truncated|no NUMPY signature/],
    [await call("none.npy"), /missing file .*none\.npy/],
    [await call("frames.npy", "--order", at("none.pdb")), /missing or unreadable file .*none\.pdb/],
    [await call("frames.npy", "--order", at("three.pdb")), /three\.pdb: atomOrder: mismatched atoms \(got 1/],
    [await call("frames.npy", "--order", "0,1"), /invalid order of atoms \(got 2/],
    [await call("frames.npy", "--log-dets", at("no/l.npy")), /missing folder/],
  ];
  for (const [[status, text], message] of cases) {
    assert.match(text, message);
    assert.equal(text.split("\n").length, 1);
    assert.equal(status, 1, text);
  }
  assert.deepEqual([readdirSync(folder), readFileSync(at("x.npy"))], before);
});

test("a call without its options, or onto its own input, is a usage error", async () => {
  const bare = collect();
  assert.equal(await runCommandLine(["import", at("frames.npy"), "--out", at("x.npy")], bare), 2);
  assert.match(bare.lines.note[0]!, /import: missing option --system/);
  const [status, text] = await call("frames.npy", "--log-dets", at("frames.npy"));
  assert.equal(status, 2);
  assert.match(text, /which is an input/);
});
