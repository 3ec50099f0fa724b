/** Reporter for `node --test`: a line per file, failures in full, and one closing line of counts. */
import path from "node:path";
import { inspect } from "node:util";

const COUNT_LINE = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;
const INTERNAL_FRAME = /^\s+at .*\(?node:/;

/** What is known of the file whose tests are being reported; the runner reports one file after the other. */
const newFile = (name) => ({ name, tests: 0, failures: [], milliseconds: 0 });

/** @param {AsyncIterable<{ type: string, data: any }>} source events of node:test */
export default async function* reporter(source) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const stderr = new Map(); // per file, shown only where something failed
  const titles = []; // of the tests around the current one, by nesting
  let current = null;

  for await (const { type, data } of source) {
    if (type === "test:stderr") {
      stderr.set(data.file, (stderr.get(data.file) ?? "") + data.message);
    } else if (type === "test:diagnostic" && !COUNT_LINE.test(data.message)) {
      yield `${data.message}\n`; // such as an error after the end of its test
    } else if (type === "test:start") {
      titles.length = data.nesting;
      titles[data.nesting] = data.name;
    } else if (type === "test:pass" || type === "test:fail") {
      const file = data.file ?? "tests";
      if (current?.name !== file) {
        if (current) yield closeFile(current, stderr.get(current.name));
        current = newFile(file);
      }
      record(type, data, current, total, [...titles.slice(0, data.nesting), data.name]);
    }
  }
  if (current) yield closeFile(current, stderr.get(current.name));
  // No test at all, or a test file that ended before its tests ran, must not look like success.
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  yield `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}\n`;
}

/** Adds one test to the counts; suites and the runner's own entry for a file are no tests unless they failed by themselves. */
function record(type, data, file, total, title) {
  const isFile = data.nesting === 0 && path.resolve(data.name) === path.resolve(file.name);
  const isSuite = data.details?.type === "suite";
  const error = data.details?.error;
  const byChildren = error?.failureType === "subtestsFailed";
  if (data.nesting === 0 && !isFile) file.milliseconds += data.details?.duration_ms ?? 0;
  if (data.skip !== undefined || data.todo !== undefined) {
    if (!isSuite) total.skipped++;
  } else if (type === "test:fail" && !(byChildren && (isFile || isSuite))) {
    total.failed++;
    if (!byChildren)
      file.failures.push({ title: isFile ? "the file ended with an error" : title.join(" > "), error, data });
  } else if (type === "test:pass" && isFile) {
    if (!/\.test\.[cm]?js$/.test(file.name)) return; // a helper beside the tests
    total.failed++;
    file.failures.push({ title: "the file has no tests, or ended before they ran", error: null, data });
  } else if (type === "test:pass" && !isSuite) {
    total.passed++;
  }
  if (!isFile && !isSuite) file.tests++;
}

function closeFile({ name, tests, failures, milliseconds }, stderr) {
  const shown = path.relative(process.cwd(), name);
  const head = `${failures.length > 0 ? "FAIL" : "ok  "} ${shown}  ${tests} tests, ${(milliseconds / 1000).toFixed(1)} s\n`;
  const said = failures.length > 0 && stderr ? `${indent(stderr.trimEnd())}\n` : "";
  return head + said + failures.map(describe).join("");
}

function describe({ title, error, data }) {
  const place = data.line > 1 ? ` (line ${data.line})` : "";
  const text = error === null ? "" : `${indent(explain(error.cause ?? error))}\n`;
  return `\n  ${title}${place}\n${text}\n`;
}

/** Message and own stack frames of an error and of its causes. */
function explain(error) {
  if (!(error instanceof Error)) return typeof error === "string" ? error : inspect(error);
  const lines = String(error.stack ?? error).split("\n");
  const own = lines.filter((line) => !INTERNAL_FRAME.test(line)).join("\n");
  return error.cause === undefined ? own : `${own}\ncaused by ${explain(error.cause)}`;
}

function indent(text) {
  return text.replace(/^(?=.)/gm, "    ");
}
