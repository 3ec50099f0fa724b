/** `npm run fuzz [-- --inputs N] [--seed N] [--only READER]`: 100,000 damaged files for each reader. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz";
import { createReaders } from "./readers";

/** Seconds that no input of a few kB may take. */
const SLOW = 5;
/** MB that may stay after an input count that all fit in a fraction of it. */
const GROWTH = 64;

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const { readers, close } = createReaders();
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const megabytes = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};

for (const reader of readers.filter(({ name }) => values.only === undefined || name === values.only)) {
  fuzz(reader, Math.min(1000, inputs), seed + 1e6); // warms up what is loaded once
  const before = megabytes();
  const start = performance.now();
  const { accepted, refused, failures, slowest } = fuzz(reader, inputs, seed);
  const grown = megabytes() - before;
  const seconds = (performance.now() - start) / 1e3;
  console.log(
    `${reader.name}: ${accepted} accepted, ${refused} refused in ${seconds.toFixed(0)} s, slowest ${(1e3 * slowest).toFixed(0)} ms, ` +
      `memory ${grown < 0 ? "" : "+"}${grown.toFixed(1)} MB, ${failures.length} failures`,
  );
  for (const { input, bytes, what } of failures) {
    const file = path.join("runs", "fuzz", `${reader.name}-${seed}-${input}`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    console.log(`  ${file}: ${what}`);
  }
  if (failures.length > 0 || slowest > SLOW || grown > GROWTH) process.exitCode = 1;
}
close();
