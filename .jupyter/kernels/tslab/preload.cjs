// Loaded before tslab (`node -r`): works around four faults of tslab 1.0.22 that notebooks would trip over, shows last expressions and
// shortens errors.
"use strict";
const { createRequire } = require("node:module");

const fromTslab = createRequire(require.resolve("../../../node_modules/tslab/package.json"));

// 1. Lost output. tslab never awaits send(). zeromq 6 defers the 513th send in a row and answers EBUSY to those after it
// until the event loop has run; the cell's output is cut and its "idle" status goes missing, so that it looks busy for
// ever. sendTimeout 0 keeps zeromq on its synchronous path, and a high-water mark of 0 never drops a message.
const { Publisher } = fromTslab("zeromq");
const bind = Publisher.prototype.bind;
// `bind` is read-only on the native prototype: plain assignment would be ignored.
Object.defineProperty(Publisher.prototype, "bind", {
  value(...address) {
    this.sendTimeout = 0;
    this.sendHighWaterMark = 0;
    return bind.apply(this, address);
  },
});

// 2. `{ seed }` with a seed from an earlier cell is a ReferenceError: tslab rewrites such names to where it keeps them,
// but not in shorthand properties. Written out as `{ seed: seed }` they are found.
const ts = fromTslab("@tslab/typescript-for-tslab");
const converter = fromTslab("./dist/converter.js");
const createConverter = converter.createConverter;

/** The source with every shorthand property written out. */
function writeOutShorthands(source) {
  const shorthands = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer) shorthands.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest));
  // From the end, so that the positions before stay right.
  return shorthands.reduceRight(
    (text, { end, name }) => `${text.slice(0, end)}: ${name.text}${text.slice(end)}`,
    source,
  );
}

converter.createConverter = (...options) => {
  const made = createConverter(...options);
  const convert = made.convert;
  made.convert = (declarations, source) => convert(declarations, writeOutShorthands(source));
  return made;
};

// 3. Orphans. A Jupyter that is killed (a terminal window closed) cannot end its kernels, and tslab does not notice.
const parent = process.ppid;
const watch = setInterval(() => process.ppid === parent || process.exit(), 2000);
watch.unref();

// 4. Lost presses of the stop button. What is pressed while tslab translates a cell (0.3 s, synchronous) waits for the event loop; but
// the cell's code runs before that, in a mode (breakOnSigint) that forgets it. So the code of a cell with `await` waits too.
const vm = require("node:vm");
const runInThisContext = vm.runInThisContext;
/** Since the cell's request came. The listener also keeps a press from ending the process before tslab listens. */
let isPressed = false;
/** A press and a request go different ways through Jupyter: one of a busy machine may overtake the cell that it is meant for. */
const OVERTAKES = 500; // ms
let isBusy = false;
let pressedIdleAt = -Infinity;
process.on("SIGINT", () => {
  isPressed = true;
  if (!isBusy) pressedIdleAt = performance.now();
});

/** Two turns of the event loop: the first may have looked for signals already. */
const pressTold = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Runs a cell's code. What a press keeps from loading to its end would stay half-loaded for every later import: it is forgotten. */
function runCell(code, options) {
  try {
    return runInThisContext(code, options);
  } catch (error) {
    if (error?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED")
      for (const [file, { loaded }] of Object.entries(require.cache)) if (!loaded) delete require.cache[file];
    throw error;
  }
}

vm.runInThisContext = (code, options) => {
  if (!options?.breakOnSigint) return runInThisContext(code, options);
  if (!code.startsWith("(async function(exports, require)")) return runCell(code, options);
  return pressTold().then(() => {
    // tslab, told of it too, has failed the cell by now.
    if (!isPressed) return runCell(code, options);
  });
};

// 5. Last expressions. tslab prints them; what the package can show (a run, a chart, a table, ...) is shown, before the cell ends.
const path = require("node:path");
const SHOW = path.resolve(__dirname, "../../../dist/notebook/show.js");
const executor = fromTslab("./dist/executor.js");
const createExecutor = executor.createExecutor;

/** An error whose stack ends where the kernel's own frames begin: they say nothing about the cell. */
function withoutOurFrames(error) {
  if (!(error instanceof Error) || typeof error.stack !== "string") return error;
  const isOurs = (line) => /^\s+at .*(node:(vm|internal)|[\\/](tslab|commander)[\\/])/.test(line);
  error.stack = error.stack
    .split("\n")
    .filter((line) => !isOurs(line))
    .join("\n");
  return error;
}

executor.createExecutor = (rootDir, converters, console) => {
  const shown = [];
  const log = (value) => {
    // Only if the notebook has imported the package: before that no value is its own.
    const tabg = require.cache[SHOW]?.exports;
    if (tabg?.isShowable(value)) shown.push(tabg.show(value));
    else console.log(value);
  };
  const error = (...values) => console.error(...values.map(withoutOurFrames));
  const made = createExecutor(rootDir, converters, { log, error });
  const execute = async (source) => {
    if (performance.now() - pressedIdleAt < OVERTAKES) {
      pressedIdleAt = -Infinity;
      console.error("Interrupted before the cell began: the stop button was pressed just before");
      return false;
    }
    isPressed = false;
    isBusy = true;
    try {
      const isDone = await made.execute(source);
      await Promise.all(shown.splice(0));
      return isDone;
    } catch (error) {
      console.error(withoutOurFrames(error));
      return false;
    } finally {
      isBusy = false;
    }
  };
  return { ...made, execute };
};
