import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../../src/io/paths";
import { fuzz, undocumented } from "./fuzz";
import { createReaders } from "./readers";

const { readers, close } = createReaders();
after(close);

/** Loading a whole molecule is the slowest; `npm run fuzz` gives it as many as the others. */
const inputsOf = (name: string): number => (name === "molecule" ? 200 : 2000);

for (const reader of readers) {
  test(`${reader.name}: damaged files are read or refused by an error that says what is wrong`, () => {
    const { failures, accepted, refused } = fuzz(reader, inputsOf(reader.name), 1);
    assert.deepEqual(failures.map(({ input, what }) => `input ${input} ${what}`), []); // prettier-ignore
    assert.ok(accepted > 0 && refused > 0);
  });
}

const corpus = path.join(projectRoot(), "test", "fuzz", "corpus");
for (const name of readdirSync(corpus)) {
  test(`${name}: what it failed on in the past, and what it must never accept, is refused`, () => {
    const { read } = readers.find((reader) => reader.name === name)!;
    for (const file of readdirSync(path.join(corpus, name))) {
      const bytes = readFileSync(path.join(corpus, name, file));
      assert.throws(() => read(bytes), (error: unknown) => undocumented(error) === null, file); // prettier-ignore
    }
  });
}

test("an error that is a crash, or says nothing, counts as a failure", () => {
  assert.match(undocumented(new TypeError("x is undefined"))!, /TypeError/);
  assert.match(undocumented(new RangeError("invalid array length"))!, /RangeError/);
  assert.match(undocumented(new Error("oops"))!, /another form/);
  assert.match(undocumented(new Error(`invalid ${"x".repeat(5000)}`))!, /5008 characters/);
  assert.equal(undocumented(new Error("readX: invalid file (got none), expected one")), null);
});

test("entities and external documents are refused, whatever they stand for", () => {
  const { read } = readers.find(({ name }) => name === "system.xml")!;
  for (const text of ["<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!ENTITY a 'b'>"]) {
    assert.throws(() => read(Buffer.from(`${text}<System version="1"/>`)), /invalid document type declaration/);
  }
});
