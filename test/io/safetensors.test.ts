import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { readSafetensors, writeSafetensors } from "../../src/io/safetensors";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-safetensors-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

/** A file with any header and data. */
function forge(header: unknown, data: Uint8Array): string {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(at("forged"), Buffer.concat([length, json, data]));
  return at("forged");
}

test("tensors and metadata survive writing and reading", () => {
  const tensors = {
    "layer.0/weight": { shape: [2, 3], data: Float32Array.of(1, -2, 3, NaN, Infinity, 1e-40) },
    scalar: { shape: [], data: Float64Array.of(Math.PI) },
    empty: { shape: [0, 4], data: new Float32Array(0) },
    view: { shape: [2], data: Float64Array.of(1, 2, 3, 4).subarray(1, 3) },
  };
  const metadata = { step: "17", name: "Zoë" };
  writeSafetensors(at("all"), { tensors, metadata });
  const back = readSafetensors(at("all"));
  assert.deepEqual(back.metadata, metadata);
  assert.deepEqual(new Set(Object.keys(back.tensors)), new Set(Object.keys(tensors)));
  for (const [name, tensor] of Object.entries(tensors))
    assert.deepEqual(back.tensors[name], { ...tensor, data: tensor.data.slice() });
});

test("the folder is made", () => {
  writeSafetensors(at("new/folder/file"), { tensors: {}, metadata: { a: "b" } });
  assert.deepEqual(readSafetensors(at("new/folder/file")).metadata, { a: "b" });
});

test("no tensors at all are a valid file", () => {
  writeSafetensors(at("none"), { tensors: {}, metadata: {} });
  assert.deepEqual(readSafetensors(at("none")), { tensors: {}, metadata: {} });
});

test("a file of the reference library is read", () => {
  // safetensors.numpy.save({"a": np.array([[1, 2]], "f4"), "b": np.array([0.5])}, {"k": "v"}).hex()  (safetensors 0.8.0, Python)
  writeFileSync(
    at("python"),
    Buffer.from(
      "88000000000000007b225f5f6d657461646174615f5f223a7b226b223a2276227d2c2262223a7b226474797065223a22463634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b302c385d7d2c2261223a7b226474797065223a22463332222c227368617065223a5b312c325d2c22646174615f6f666673657473223a5b382c31365d7d7d20000000000000e03f0000803f00000040",
      "hex",
    ),
  );
  assert.deepEqual(readSafetensors(at("python")), {
    tensors: { a: { shape: [1, 2], data: Float32Array.of(1, 2) }, b: { shape: [1], data: Float64Array.of(0.5) } },
    metadata: { k: "v" },
  });
});

test("a file that is cut anywhere, or too long, is refused", () => {
  const tensors = { a: { shape: [3], data: Float32Array.of(1, 2, 3) } };
  writeSafetensors(at("whole"), { tensors, metadata: {} });
  const whole = readFileSync(at("whole"));
  for (const length of [0, 7, 8, 40, whole.length - 1]) {
    writeFileSync(at("cut"), whole);
    truncateSync(at("cut"), length);
    assert.throws(() => readSafetensors(at("cut")), /readSafetensors .*cut.*(truncated|invalid)/, `length ${length}`);
  }
  writeFileSync(at("cut"), Buffer.concat([whole, Buffer.alloc(4)]));
  assert.throws(() => readSafetensors(at("cut")), /invalid layout \(got 16 bytes of data\), expected 12/);
});

test("what the format forbids, or what is not supported here, is refused with the tensor's name", () => {
  const data = new Uint8Array(8);
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  assert.throws(() => readSafetensors(at("missing")), /missing or unreadable file .*missing/);
  assert.throws(() => readSafetensors(forge("{", data)), /invalid header, not JSON/);
  assert.throws(() => readSafetensors(forge([1], data)), /invalid header \(got \[1\]\)/);
  assert.throws(
    () => readSafetensors(forge({ w: { ...entry, dtype: "BF16" } }, data)),
    /tensor w: unknown element type \(got BF16\)/,
  );
  assert.throws(
    () => readSafetensors(forge({ w: { ...entry, shape: [3] } }, data)),
    /tensor w: .*expected 12 bytes for shape \[3\]/,
  );
  assert.throws(() => readSafetensors(forge({ w: { ...entry, shape: [-2] } }, data)), /tensor w: invalid entry/);
  assert.throws(() => readSafetensors(forge({ w: null }, data)), /tensor w: unknown element type/);
  const overlap = { w: entry, v: { dtype: "F32", shape: [1], data_offsets: [4, 8] } };
  assert.throws(() => readSafetensors(forge(overlap, data)), /invalid layout at tensor v \(got offset 4\), expected 8/);
});

test("a tensor whose shape does not hold its data is not written", () => {
  const tensors = { w: { shape: [2], data: new Float32Array(3) } };
  assert.throws(
    () => writeSafetensors(at("bad"), { tensors, metadata: {} }),
    /invalid tensor w \(got 3 elements\), expected 2/,
  );
  assert.throws(() => readSafetensors(at("bad")), /missing/);
});
