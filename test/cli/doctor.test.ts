import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose, type Surroundings } from "../../src/cli/doctor";
import { runCommandLine } from "../../src/cli/main";
import { projectRoot } from "../../src/io/paths";
import { EVERYTHING, NOTHING } from "../engine/machines";
import { collect } from "./streams";

/** A machine with everything, for one fault at a time. */
const sound: Surroundings = {
  root: projectRoot(),
  nodeVersion: "v20.20.0",
  platform: "linux x64",
  littleEndian: true,
  cores: 2,
  memory: 8 * 2 ** 30,
  devices: EVERYTHING,
  load: () => ({ version: "1.0.0" }),
  run: () => "3.11.7\n",
};
const problems = (fault: Partial<Surroundings>): string[] =>
  diagnose({ ...sound, ...fault })
    .filter(({ remedy, optional }) => remedy !== undefined && !optional)
    .map(({ what }) => what);

test("each fault is reported as the one problem it is", () => {
  const usual = problems({}); // .venv may or may not be there
  const added = (fault: Partial<Surroundings>): string[] => problems(fault).filter((what) => !usual.includes(what));
  assert.deepEqual(added({ nodeVersion: "v18.19.0" }), ["Node.js"]);
  assert.deepEqual(added({ memory: 2 ** 30 }), ["machine"]);
  assert.deepEqual(added({ littleEndian: false }), ["machine"]);
  assert.deepEqual(added({ run: () => null }), ["Python"]);
  assert.deepEqual(added({ run: () => "3.9.2" }), ["Python"]);
  const without =
    (name: string): Surroundings["load"] =>
    (asked) => {
      if (asked.startsWith(name)) throw new Error(`Cannot find module '${asked}'\nRequire stack:`);
      return { version: "1.0.0" };
    };
  assert.deepEqual(added({ load: without("onnxruntime-node") }), ["ONNX Runtime"]);
  assert.deepEqual(added({ load: without("tslab") }), ["tslab"]);
  assert.deepEqual(added({ devices: NOTHING }), []); // optional
});

test("an empty folder lacks data, kernel and JupyterLab, each with its remedy", () => {
  const findings = diagnose({ ...sound, root: "/nonexistent" }).filter(({ remedy }) => remedy !== undefined);
  assert.deepEqual(
    findings.map(({ what }) => what),
    ["data", "JupyterLab", "kernel"],
  );
  assert.match(findings[0]!.detail, /missing from data\/: aldp\/system\.xml, /);
  assert.match(findings[1]!.remedy!, /npm start/);
});

test("every device is listed: works, or is missing and how it is got; auto says what it takes", () => {
  const lines = (devices: Surroundings["devices"]): string[] =>
    diagnose({ ...sound, devices })
      .filter(({ what }) => what.startsWith("device "))
      .map(({ what, detail, remedy = "" }) => `${what}: ${detail}; ${remedy}`);
  const all = lines(EVERYTHING);
  assert.match(all[0]!, /^device cpu: ONNX Runtime on 2 threads, the default/);
  assert.match(all[1]!, /^device webgpu: works; .* 10 times the CPU's speed/);
  assert.match(all[3]!, /^device tensorflow: TensorFlow 2 \(GPU\)/);
  assert.match(all[4]!, /^device auto: takes cuda here/);
  const none = lines(NOTHING);
  assert.match(none[1]!, /^device webgpu: missing WebGPU: .*apt install/);
  assert.match(
    none[2]!,
    /^device cuda: missing CUDA: no libonnxruntime_providers_cuda\.so.*pip download --no-deps onnxruntime-gpu==/,
  );
  assert.match(none[3]!, /^device tensorflow: missing TensorFlow: .*npm run engine:tensorflow/);
  assert.match(none[4]!, /^device auto: takes cpu here/);
});

test("a newer Python passes", () => {
  assert.ok(!problems({ run: () => "3.12.0" }).includes("Python"));
  assert.ok(!problems({ run: () => "4.0.0" }).includes("Python"));
});

test("the report has a line per finding and a status that says whether all is well", async () => {
  const streams = collect();
  const status = await runCommandLine(["doctor"], streams);
  const { out } = streams.lines;
  const found = out.filter((line) => line.startsWith("problem "));
  const absent = out.filter((line) => line.startsWith("no "));
  assert.equal(status, found.length > 0 ? 1 : 0);
  assert.equal(out.filter((line) => line.includes("-> ")).length, found.length + absent.length);
  for (const what of [
    "Node.js",
    "machine",
    "ONNX Runtime",
    "device cpu",
    "device webgpu",
    "device cuda",
    "device tensorflow",
    "device auto",
    "data",
    "tslab",
    "Python",
    "JupyterLab",
    "kernel",
  ]) {
    assert.ok(
      out.some((line) => /^(ok|no|problem) /.test(line) && line.includes(what)),
      what,
    );
  }
});
