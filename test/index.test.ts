import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";

/** Packages of which some module is loaded once `code`, and all that it set going, has run in a process of its own; `tabg` is the index. */
function loadedAfter(code: string): string[] {
  const program = `
    process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))));
    const tabg = require(${JSON.stringify(path.join(__dirname, "../src/index"))});
    ${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  assert.equal(stderr, "");
  const files = JSON.parse(stdout.trim().split("\n").at(-1)!) as string[];
  const names = files.flatMap((file) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names.map((name) => name.replace("\\", "/")))];
}

test("importing the package loads no other", () => {
  assert.deepEqual(loadedAfter(""), []);
});

test("a chart, a table's page, a system and a model load what each needs, and not what the others need", () => {
  const chart = loadedAfter("void tabg.renderSvg(tabg.lossChart({ iterations: [0, 1], values: [1, 2] }));");
  assert.ok(chart.includes("vega") && chart.includes("vega-lite"));
  const html = loadedAfter("tabg.table({ a: [1] }).html();");
  assert.ok(html.includes("arquero"));
  const system = loadedAfter('tabg.loadSystem("aldp");');
  assert.deepEqual(system, ["fast-xml-parser"]);
  const run = loadedAfter(
    'const run = tabg.startRun(tabg.findExperiment("gmm", "ta-bg", "smoke"), { seed: 1, threads: 1 }); void run.setup.close();',
  );
  assert.ok(run.includes("@tensorflow/tfjs") && run.includes("onnxruntime-node"));
  for (const name of ["vega", "vega-lite", "@resvg/resvg-js", "arquero", "danfojs-node"]) {
    assert.ok(![...system, ...run].includes(name), name);
    assert.ok(name === "arquero" || !html.includes(name), name);
  }
  assert.ok(!chart.includes("@tensorflow/tfjs"));
});
