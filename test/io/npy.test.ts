import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { encodeNpy, readNpy, readNpyFloat64, writeNpy, type NpyData } from "../../src/io/npy";
import { writeFilesAtomically } from "../../src/io/atomic";

const folder = mkdtempSync(path.join(tmpdir(), "tabg-npy-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

/** A version 1 or 2 file with any header and body. */
function forge(name: string, header: string, body: Uint8Array, version = 1): string {
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  head.write("\x93NUMPY", 0, "latin1");
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  writeFileSync(at(name), Buffer.concat([head, Buffer.from(header, "latin1"), body]));
  return at(name);
}

const arrays: [string, NpyData, number[]][] = [
  ["f4 matrix", Float32Array.of(1, -2.5, Infinity, NaN, 1e-40, 0), [2, 3]],
  ["f8 vector", Float64Array.of(Math.PI, -0, 5e-324), [3]],
  ["i4 cube", Int32Array.of(-1, 2 ** 31 - 1, -(2 ** 31), 7, 8, 9, 10, 11), [2, 2, 2]],
  ["u1 vector", Uint8Array.of(0, 255), [2]],
  ["scalar", Float64Array.of(3), []],
  ["empty matrix", new Float32Array(0), [0, 7]],
];
for (const [name, data, shape] of arrays) {
  test(`an array survives writing and reading: ${name}`, () => {
    const file = at(`${name}.npy`);
    writeNpy(file, data, shape);
    const back = readNpy(file);
    assert.deepEqual(back.shape, shape);
    assert.deepEqual(back.data, data);
  });
}

test("a view into a larger buffer is written as itself, not as its buffer", () => {
  writeNpy(at("view.npy"), new Float64Array([1, 2, 3, 4]).subarray(1, 3), [2]);
  assert.deepEqual([...readNpy(at("view.npy")).data], [2, 3]);
});

test("the bytes are those of numpy.save", () => {
  // python3 -c "import numpy, io; b = io.BytesIO(); numpy.save(b, numpy.array([[1., 2.]])); print(b.getvalue().hex())"  (numpy 2.4.6)
  const expected =
    "934e554d5059010076007b276465736372273a20273c6638272c2027666f727472616e5f6f72646572273a2046616c73652c2027736861706527" +
    "3a2028312c2032292c207d" +
    "20".repeat(58) +
    "0a000000000000f03f0000000000000040";
  assert.equal(Buffer.concat(encodeNpy(Float64Array.of(1, 2), [1, 2])).toString("hex"), expected);
});

test("a version 2 header is read", () => {
  const file = forge("v2.npy", "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", Uint8Array.of(4, 5), 2);
  assert.deepEqual(readNpy(file), { shape: [2], data: Uint8Array.of(4, 5) });
});

test("64-bit integers come back as 32-bit ones, or are refused when they do not fit", () => {
  const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n";
  const fits = forge("i8.npy", header, new Uint8Array(BigInt64Array.of(-5n, 7n).buffer));
  assert.deepEqual(readNpy(fits).data, Int32Array.of(-5, 7));
  const wide = forge("wide.npy", header, new Uint8Array(BigInt64Array.of(1n, 2n ** 31n).buffer));
  assert.throws(() => readNpy(wide), /wide\.npy: invalid element 1 \(got 2147483648\), expected a 32-bit integer/);
});

test("what cannot be read exactly is refused with the reason", () => {
  const c = (descr: string): string => `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`;
  const eight = new Uint8Array(8);
  assert.throws(() => readNpy(at("none.npy")), /missing file .*none\.npy/);
  assert.throws(() => readNpy(forge("b.npy", c("'>f8'"), eight)), /unknown element type \(got >f8\).*astype/);
  assert.throws(() => readNpy(forge("c.npy", c("'<c16'"), eight)), /unknown element type \(got <c16\)/);
  assert.throws(() => readNpy(forge("s.npy", c("[('a', '<f8')]"), eight)), /unknown element type/);
  assert.throws(() => readNpy(forge("v3.npy", c("'<f8'"), eight, 3)), /unknown format version \(got 3\)/);
  assert.throws(() => readNpy(forge("h.npy", "{}", eight)), /invalid header/);
  const fortran = "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 1), }\n";
  assert.throws(() => readNpy(forge("f.npy", fortran, eight)), /got Fortran.*ascontiguousarray/);
  writeFileSync(at("text.npy"), "energy,1.0\nenergy,2.0\n");
  assert.throws(() => readNpy(at("text.npy")), /no NUMPY signature/);
});

test("a file that is cut anywhere, or too long, is refused", () => {
  const whole = Buffer.concat(encodeNpy(Float64Array.of(1, 2, 3), [3]));
  for (const length of [0, 5, 9, 60, 127, 128, whole.length - 1]) {
    writeFileSync(at("cut.npy"), whole);
    truncateSync(at("cut.npy"), length);
    assert.throws(() => readNpy(at("cut.npy")), /truncated/, `length ${length}`);
  }
  writeFileSync(at("long.npy"), Buffer.concat([whole, Buffer.alloc(1)]));
  assert.throws(() => readNpy(at("long.npy")), /invalid data \(got 153 bytes\), expected 152/);
});

test("reading as doubles converts and checks the shape", () => {
  writeNpy(at("f4.npy"), Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]);
  assert.deepEqual(readNpyFloat64(at("f4.npy"), [null, 2, 3]).data, Float64Array.of(1, 2, 3, 4, 5, 6));
  assert.throws(() => readNpyFloat64(at("f4.npy"), [null, 3, 3]), /got \[1, 2, 3\]\), expected \[any, 3, 3\]/);
  assert.throws(() => readNpyFloat64(at("f4.npy"), [6]), /mismatched shape/);
});

test("a shape that does not hold the data is refused", () => {
  assert.throws(() => encodeNpy(new Float32Array(3), [2]), /mismatched shape \(got \[2\]\), expected 3 elements/);
  assert.throws(() => encodeNpy(new Float32Array(4), [-2, -2]), /mismatched shape/);
});

test("a failed write leaves the old file as it was and nothing beside it", () => {
  const here = at("atomic");
  mkdirSync(here);
  const first = path.join(here, "first.npy");
  writeNpy(first, Float64Array.of(1), [1]);
  const before = readFileSync(first);
  const chunks = encodeNpy(Float64Array.of(2), [1]);
  const lost = path.join(here, "missing", "second.npy");
  assert.throws(
    () =>
      writeFilesAtomically([
        { file: first, chunks },
        { file: lost, chunks },
      ]),
    /missing folder/,
  );
  assert.throws(() => writeNpy(here, Float64Array.of(2), [1]), /got a folder/);
  assert.throws(
    () =>
      writeFilesAtomically([
        { file: first, chunks },
        { file: first, chunks },
      ]),
    /twice/,
  );
  // A chunk that fails half-way through the writing, after the first file is complete.
  const broken = { file: path.join(here, "third.npy"), chunks: [null as unknown as Uint8Array] };
  assert.throws(() => writeFilesAtomically([{ file: first, chunks }, broken]));
  assert.deepEqual(readFileSync(first), before);
  assert.deepEqual(readdirSync(here), ["first.npy"]);
});
