import assert from "node:assert/strict";
import { after, test } from "node:test";
import { compile } from "../../src/engine/compile";
import { createEagerEngine } from "../../src/engine/eager";
import type { Engine, Supply } from "../../src/engine/engine";
import { createOnnxEngine } from "../../src/engine/onnx";
import { initParameters, parameterShapes } from "../../src/flow/parameters";
import { samplePrior } from "../../src/flow/prior";
import type { Channel } from "../../src/coords/spec";
import { createFlowSpec } from "../../src/flow/spec";
import { spreadTemperatures, temperatureInput } from "../../src/flow/temperature";
import { createRng } from "../../src/numerics/random";
import { flowPrograms } from "../../src/train/programs";
import { difference } from "../difference";
import { TOLERANCE } from "../tolerances";

const KINDS: Channel[] = ["bond", "bond", "bond", "angle", "angle", "torsion", "torsion", "torsion"];
const options = { couplings: 4, hidden: 16, layers: 2, bins: 8, seed: 1 };
const spec = createFlowSpec(KINDS, { ...options, temperatures: [300, 1200] });
const rng = createRng(3);
const parameters = initParameters(spec, rng).map((v) => v + 0.1 * rng.normal());
const flow = { parameters, tensors: parameterShapes(spec) };
const programs = flowPrograms(spec);
const N = 32;
const z = samplePrior(spec, N, rng);
const weight = new Float32Array(N).fill(1 / N);
const g = Float32Array.from({ length: N * spec.dof }, () => rng.normal());
const told = temperatureInput(spec, spreadTemperatures(N, [300, 1200]), N);

const eager = createEagerEngine(flow, { backendName: "cpu", label: "TensorFlow.js (cpu)" });
const engines: Readonly<Record<string, Engine>> = {
  pieces: createOnnxEngine({ ...flow, threads: 2 }),
  "whole graph": createOnnxEngine({ ...flow, threads: 1, whole: true }),
};
after(() => Promise.all(Object.values(engines).map((engine) => engine.close())));

for (const [name, engine] of Object.entries(engines)) {
  test(`a flow that is told temperatures, ${name}: all programs as TensorFlow.js runs them`, async () => {
    const { x } = await eager.evaluate(programs.sample, { z, ...told }, N);
    for (const [program, inputs] of [
      [programs.sample, { z }],
      [programs.logProb, { x: x! }],
      [programs.logProbSlope, { x: x! }],
    ] as const) {
      const ours = await engine.evaluate(program, { ...inputs, ...told }, N);
      const theirs = await eager.evaluate(program, { ...inputs, ...told }, N);
      for (const { name: output } of program.outputs) {
        const apart = difference(ours[output]!, theirs[output]!);
        assert.ok(apart < TOLERANCE.f32, `${program.name}, ${output}: ${apart}`);
      }
    }
    const supply: Supply = () => Promise.resolve({ g, weight });
    for (const [program, inputs, late] of [
      [programs.forwardKl, { x: x!, weight }, undefined],
      [programs.weightedKl, { x: x! }, () => Promise.resolve({ weight })],
      [programs.reverseKl, { z }, supply],
      [programs.pathKl, { z }, supply],
    ] as const) {
      const losses = [];
      for (const one of [engine, eager]) losses.push(await one.gradient(program, { ...inputs, ...told }, N, late));
      assert.ok(difference([losses[0]!], [losses[1]!]) < TOLERANCE.f32, program.name);
      const apart = difference(await engine.lastGradient(), await eager.lastGradient());
      assert.ok(apart < TOLERANCE.f32, `${program.name}: ${apart}`);
    }
    await assert.rejects(engine.evaluate(programs.sample, { z }, N), /missing input "c"/);
  });
}

test("the temperature adds no model: couplings of equal sizes still share theirs", () => {
  const models = (told: boolean, couplings: number): number => {
    const size = { ...options, couplings };
    const one = createFlowSpec(KINDS, told ? { ...size, temperatures: [300, 1200] } : size);
    const { steps } = compile(flowPrograms(one).forwardKl, { tensors: parameterShapes(one), batch: 32, custom: true });
    return new Set(steps.flatMap((s) => (s.kind === "model" ? [Buffer.from(s.model).toString("latin1")] : []))).size;
  };
  assert.equal(models(true, 8), models(false, 8));
  assert.equal(models(true, 16), models(true, 8));
});
