/** Seeded damage to files: what bad disks, wrong programs and ill will make of them. */
import type { Rng } from "../../src/numerics/random";

/** Numbers that readers are likely to trip over. */
const NUMBERS = [
  ...["0", "-0", "-1", "1", "0.5", "2147483648", "-2147483649", "4294967296", "9007199254740993", "1e308", "1e999"],
  ...["-1e999", "1e-400", "NaN", "Infinity", "0x10", "1_000", "", " ", "99999999999999999999999999", "1e5", "3,3"],
];
const TEXTS = ["<", ">", "&", '"', "'", "/", "\0", "\n", "\r", "{", "}", "[", "]", ",", ":", "\\", "\u{1f600}", "ÿ", "__proto__", "constructor"]; // prettier-ignore

type Change = (bytes: Buffer, rng: Rng, words: readonly string[]) => Buffer;

const place = (bytes: Buffer, rng: Rng): number => rng.integer(bytes.length + 1);

/** A random stretch, most often a short one. */
function stretch(bytes: Buffer, rng: Rng): [from: number, to: number] {
  const from = place(bytes, rng);
  const longest = rng.uniform() < 0.8 ? 16 : bytes.length;
  return [from, Math.min(bytes.length, from + rng.integer(longest + 1))];
}

const splice = (bytes: Buffer, from: number, to: number, what: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), what, bytes.subarray(to)]);
const pick = <T>(list: readonly T[], rng: Rng): T => list[rng.integer(list.length)]!;

const CHANGES: readonly Change[] = [
  (bytes, rng) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[rng.integer(copy.length)]! ^= 1 << rng.integer(8);
    return copy;
  },
  (bytes, rng) => {
    const [from, to] = stretch(bytes, rng);
    return splice(bytes, from, to, Buffer.alloc(0));
  },
  (bytes, rng) => bytes.subarray(0, place(bytes, rng)),
  (bytes, rng) => {
    const at = place(bytes, rng);
    return splice(bytes, at, at, Buffer.from(Array.from({ length: 1 + rng.integer(8) }, () => rng.integer(256))));
  },
  (bytes, rng) => {
    const at = place(bytes, rng);
    return splice(bytes, at, at, bytes.subarray(...stretch(bytes, rng)));
  },
  (bytes, rng, words) => {
    const [from, to] = stretch(bytes, rng);
    return splice(bytes, from, to, Buffer.from(pick([...TEXTS, ...words], rng)));
  },
  // A number in the place of another; and of any attribute or value between quotes.
  (bytes, rng) => replaceOne(bytes, /-?\d[\d.e+-]*/g, rng, () => pick(NUMBERS, rng)),
  (bytes, rng, words) => replaceOne(bytes, /"[^"]*"/g, rng, () => `"${pick([...NUMBERS, ...words], rng)}"`),
  (bytes, rng) => {
    const lines = bytes.toString("latin1").split("\n");
    const [a, b] = [rng.integer(lines.length), rng.integer(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return Buffer.from(lines.join("\n"), "latin1");
  },
];

/** Numbers most often: other damage is mostly seen at once, wrong numbers are not. */
const WEIGHTED: readonly Change[] = [
  ...CHANGES,
  ...CHANGES.slice(6, 8),
  ...CHANGES.slice(6, 8),
  ...CHANGES.slice(6, 8),
];

function replaceOne(bytes: Buffer, pattern: RegExp, rng: Rng, by: () => string): Buffer {
  const text = bytes.toString("latin1");
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return bytes;
  const { index, 0: what } = pick(found, rng);
  return Buffer.from(text.slice(0, index) + by() + text.slice(index + what.length), "latin1");
}

/** A file with one to eight random changes; `words` are some that mean something to its reader. */
export function mutate(bytes: Buffer, words: readonly string[], rng: Rng): Buffer {
  let changed = bytes;
  for (let n = 1 + rng.integer(rng.uniform() < 0.7 ? 2 : 8); n > 0; n--)
    changed = pick(WEIGHTED, rng)(changed, rng, words);
  return changed;
}
