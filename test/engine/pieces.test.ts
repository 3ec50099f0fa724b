import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compile } from "../../src/engine/compile";
import type { Engine } from "../../src/engine/engine";
import { createOnnxEngine } from "../../src/engine/onnx";
import type { Pieces } from "../../src/engine/pieces";
import { initParameters, parameterShapes } from "../../src/flow/parameters";
import { samplePrior } from "../../src/flow/prior";
import { createFlowSpec, PAPER_FLOW } from "../../src/flow/spec";
import { SPLINE, SPLINE_GRADIENT } from "../../src/flow/spline-kernels";
import { createRng } from "../../src/numerics/random";
import { createTarget } from "../../src/target/molecular-target";
import { loadSystem } from "../../src/target/molecule";
import { flowPrograms } from "../../src/train/programs";
import { difference } from "../difference";
import { TOLERANCE } from "../tolerances";

const { channels } = createTarget(loadSystem("aldp"), { threads: 0 });
const spec = createFlowSpec(channels, PAPER_FLOW);
const tensors = parameterShapes(spec);
const programs = flowPrograms(spec);
const batch = 32;
const cut = (program: (typeof programs)[keyof typeof programs]): Pieces =>
  compile(program, { tensors, batch, custom: true });
const calls = ({ steps }: Pieces, type: string): number =>
  steps.filter((s) => s.kind === "call" && s.type === type).length;

test("a program is cut at every spline, and every step reads what an earlier one has made", () => {
  const couplings = spec.couplings.length;
  for (const program of [programs.sample, programs.logProb, programs.forwardKl, programs.reverseKl]) {
    const pieces = cut(program);
    assert.equal(calls(pieces, SPLINE), couplings);
    assert.equal(calls(pieces, SPLINE_GRADIENT), "loss" in program ? couplings : 0);
    const made = new Set(pieces.steps.flatMap((s) => s.outputs));
    const known = new Set<string>();
    for (const { inputs, outputs } of pieces.steps) {
      assert.ok(inputs.every((i) => known.has(i) || !made.has(i)));
      outputs.forEach((o) => known.add(o));
    }
  }
});

test("couplings of equal sizes share their models: no more of them in a flow twice as deep", () => {
  const distinct = ({ steps }: Pieces): number =>
    new Set(steps.flatMap((s) => (s.kind === "model" ? [Buffer.from(s.model).toString("latin1")] : []))).size;
  const half = createFlowSpec(channels, { ...PAPER_FLOW, couplings: 8 });
  const shallow = compile(flowPrograms(half).forwardKl, { tensors: parameterShapes(half), batch, custom: true });
  assert.equal(distinct(cut(programs.forwardKl)), distinct(shallow));
});

test("what is needed before the late inputs are known does not wait for them", () => {
  const { steps, late, outputs } = cut(programs.reverseKl);
  const first = steps.slice(0, late);
  assert.ok(first.every(({ inputs }) => !inputs.includes("g") && !inputs.includes("weight")));
  assert.ok([outputs.x!, outputs.logQ!].every((tensor) => first.some((s) => s.outputs.includes(tensor))));
  assert.equal(first.filter((s) => s.kind === "call").length, spec.couplings.length); // the flow is passed once, before
  assert.ok(steps.slice(late).some(({ inputs }) => inputs.includes("g")));
});

let pieces: Engine;
let whole: Engine;
const rng = createRng(4);
const parameters = initParameters(spec, rng).map((v) => v + 0.02 * rng.normal());
before(() => {
  pieces = createOnnxEngine({ parameters, tensors, threads: 2 });
  whole = createOnnxEngine({ parameters, tensors, threads: 2, whole: true });
});
after(() => Promise.all([pieces.close(), whole.close()]));

test("the paper's flow in pieces equals the whole graph of plain operations: samples, densities, losses, gradients", async () => {
  const z = samplePrior(spec, batch, rng);
  const sampled = await whole.evaluate(programs.sample, { z }, batch);
  const ours = await pieces.evaluate(programs.sample, { z }, batch);
  assert.ok(difference(ours.x!, sampled.x!) < TOLERANCE.f32);
  assert.ok(difference(ours.logQ!, sampled.logQ!) < TOLERANCE.f32);
  const weight = new Float32Array(batch).fill(1 / batch);
  const g = Float32Array.from(z, () => rng.normal());
  for (const [program, inputs, supply] of [
    [programs.forwardKl, { x: sampled.x!, weight }, undefined],
    [programs.reverseKl, { z }, () => Promise.resolve({ g, weight })],
  ] as const) {
    const losses = [
      await pieces.gradient(program, inputs, batch, supply),
      await whole.gradient(program, inputs, batch, supply),
    ];
    assert.ok(difference([losses[0]!], [losses[1]!]) < TOLERANCE.f32, program.name);
    const apart = difference(await pieces.lastGradient(), await whole.lastGradient());
    assert.ok(apart < TOLERANCE.f32, `${program.name}: ${apart}`);
  }
});

test("conditioners that put logits of +-1e4 out give finite losses and gradients in both", async () => {
  // The last layers' biases, alternating in sign; what the spline makes of such bins, test/flow/spline.test.ts holds.
  const extreme = parameters.slice();
  for (const { name, shape, offset } of parameterShapes(spec)) {
    if (!/\.(widths|heights|slopes)\.bias$/.test(name)) continue;
    for (let i = 0; i < shape[0]; i++) extreme[offset + i] = i % 3 ? 1e4 : -1e4;
  }
  const zeros = new Float32Array(extreme.length);
  const x = samplePrior(spec, batch, rng);
  for (const engine of [pieces, whole]) {
    engine.restore({ parameters: extreme, first: zeros, second: zeros, updates: 0 });
    const weight = new Float32Array(batch).fill(1 / batch);
    assert.ok(Number.isFinite(await engine.gradient(programs.forwardKl, { x, weight }, batch)));
    assert.ok((await engine.lastGradient()).every(Number.isFinite));
  }
});
